import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fastapi import FastAPI, HTTPException, WebSocket, WebSocketDisconnect
from fastapi.responses import FileResponse, StreamingResponse


@dataclass
class Planet:
    name: str
    moons: int


planets = {
    "earth": Planet("Earth", 1),
    "mars": Planet("Mars", 2),
    "venus": Planet("Venus", 0),
}


@asynccontextmanager
async def lifespan(app):
    print("observatory: opened", flush=True)
    yield
    print("observatory: closed", flush=True)


app = FastAPI(title="Observatory", lifespan=lifespan)


@app.get("/", include_in_schema=False)
def index():
    return FileResponse(Path(__file__).with_name("index.html"))


@app.get("/planets")
def list_planets():
    return list(planets.values())


@app.get("/planets/{key}")
def get_planet(key: str):
    if key not in planets:
        raise HTTPException(404, f"no planet called {key!r}")
    return planets[key]


@app.get("/time")
async def stream_time():
    """Server-sent events: the time, once a second, for as long as somebody listens."""

    async def ticks():
        while True:
            yield f"data: {datetime.now():%H:%M:%S}\n\n"
            await asyncio.sleep(1)

    return StreamingResponse(ticks(), media_type="text/event-stream", headers={"Cache-Control": "no-cache"})


@app.websocket("/echo")
async def echo(socket: WebSocket):
    await socket.accept()
    try:
        while True:
            await socket.send_text(await socket.receive_text())
    except WebSocketDisconnect:
        pass
