import asyncio
import os
from urllib.parse import parse_qsl

from listen import listen


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
    await send({"type": "http.response.start", "status": 200, "headers": []})
    async for part in pages[scope["path"]](**dict(parse_qsl(scope["query_string"].decode()))):
        await send({"type": "http.response.body", "body": part.encode(), "more_body": True})
    await send({"type": "http.response.body"})


async def home():
    yield "asgi\n"


async def pid():
    yield str(os.getpid())


async def open_listener(**query):
    yield listen(**query)


async def endless():
    while True:
        yield "data\n"
        await asyncio.sleep(0.1)


async def slow():
    print("SLOW", flush=True)
    await asyncio.sleep(20)
    yield "at last"


pages = {"/": home, "/pid": pid, "/listen": open_listener, "/slow": slow, "/stream": endless}
