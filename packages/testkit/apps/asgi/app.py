import asyncio
import os
from urllib.parse import parse_qsl

from listen import listen
from seen import seen_by_asgi


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while (await receive())["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        return await send({"type": "lifespan.shutdown.complete"})
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": "open"})
        while (await receive())["type"] != "websocket.disconnect":
            pass
        return
    query = dict(parse_qsl(scope["query_string"].decode()))
    parts = pages[scope["path"]](scope, receive, **query)
    first = await parts.__anext__()  # what fails later is never ended by daphne
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": first.encode(), "more_body": True})
    async for part in parts:
        await send({"type": "http.response.body", "body": part.encode(), "more_body": True})
    await send({"type": "http.response.body"})


async def home(*_):
    yield "asgi\n"


async def pid(*_):
    yield str(os.getpid())


async def open_listener(*_, **query):
    yield listen(**query)


async def endless(*_):
    while True:
        yield "data\n"
        await asyncio.sleep(0.1)


async def slow(*_):
    print("SLOW", flush=True)
    await asyncio.sleep(20)
    yield "at last"


async def client(scope, _):
    yield seen_by_asgi(scope)


async def upload(_, receive):
    size, more = 0, True
    while more:
        part = await receive()
        size, more = size + len(part.get("body", b"")), part.get("more_body", False)
    yield str(size)


pages = {
    "/": home,
    "/pid": pid,
    "/listen": open_listener,
    "/seen": client,
    "/slow": slow,
    "/stream": endless,
    "/upload": upload,
}
