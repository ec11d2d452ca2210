"""Blocks its event loop as long as a file is there."""

import os
import time


async def app(scope, receive, send):
    if scope["type"] != "http":  # no lifespan
        raise NotImplementedError
    if scope["path"] == "/block":
        open("blocked", "x").close()
        while os.path.exists("blocked"):
            time.sleep(0.01)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(os.getpid()).encode()})
