import asyncio
import os

from fastapi import FastAPI, Request, WebSocket
from fastapi.responses import PlainTextResponse, StreamingResponse
from listen import listen
from seen import seen_by_asgi

app = FastAPI(default_response_class=PlainTextResponse)


@app.get("/")
def home():
    return "fastapi\n"


@app.get("/pid")
def pid():
    return str(os.getpid())


@app.get("/listen")
def open_listener(request: Request):
    return listen(**request.query_params)


@app.get("/seen")
def client(request: Request):
    return seen_by_asgi(request.scope)


@app.get("/stream")
def endless():
    async def parts():
        while True:
            yield "data\n"
            await asyncio.sleep(0.1)

    return StreamingResponse(parts())


@app.get("/slow")
async def slow():
    print("SLOW", flush=True)
    await asyncio.sleep(20)
    return "at last"


@app.websocket("/")
async def talk(socket: WebSocket):
    await socket.accept()
    await socket.send_text("open")
    await socket.receive()
