"""Orders are placed by POST, and followed live as server-sent events. They live in memory."""

import asyncio
import json
from dataclasses import asdict, dataclass

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

STEPS = ["received", "in the oven", "ready"]
SECONDS_PER_STEP = 1


class Wish(BaseModel):
    customer: str = Field(min_length=1, max_length=40)
    product: str = Field(min_length=1, max_length=80)


@dataclass
class Order:
    number: int
    customer: str
    product: str
    status: str = STEPS[0]


app = FastAPI(title="Orders")
orders = []
listeners = set()
baking = set()


@app.get("/api/orders")
async def list_orders():
    return orders


@app.post("/api/orders", status_code=201)
async def place(wish: Wish):
    order = Order(len(orders) + 1, wish.customer, wish.product)
    orders.append(order)
    tell(order)
    # asyncio keeps no strong reference to a task: it could be collected while it waits
    task = asyncio.create_task(bake(order))
    baking.add(task)
    task.add_done_callback(baking.discard)
    return order


@app.get("/api/orders/live")
async def stream_orders():
    """Every order there is, then each change as it happens, for as long as somebody listens."""

    async def events():
        changes = asyncio.Queue()
        listeners.add(changes)
        try:
            yield ": welcome\n\n" + "".join(map(event, orders))
            while True:
                yield event(await changes.get())
        finally:
            listeners.discard(changes)

    return StreamingResponse(events(), media_type="text/event-stream", headers={"Cache-Control": "no-cache"})


async def bake(order):
    for status in STEPS[1:]:
        await asyncio.sleep(SECONDS_PER_STEP)
        order.status = status
        tell(order)


def tell(order):
    for changes in listeners:
        changes.put_nowait(order)


def event(order):
    return f"data: {json.dumps(asdict(order))}\n\n"
