"""Serves in code, where HOST and PORT say: `app.py`, `app.py tornado`."""

import asyncio
import os
import sys

from listen import listen


def plain(path, query):
    """What has an end, or None."""
    pages = {"/": lambda: "script\n", "/pid": lambda: str(os.getpid()), "/listen": lambda: listen(**query)}
    return pages[path]() if path in pages else None


async def endless(path):
    if path == "/slow":
        print("SLOW", flush=True)
        await asyncio.sleep(20)
    while True:
        yield b"data\n"
        await asyncio.sleep(0.1)


def serve_aiohttp(host, port):
    from aiohttp import web

    async def answer(request):
        text = plain(request.path, request.query)
        if text is not None:
            return web.Response(text=text)
        response = web.StreamResponse()
        await response.prepare(request)
        async for part in endless(request.path):
            await response.write(part)

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    web.run_app(app, host=host, port=port)


def serve_tornado(host, port):
    from tornado import ioloop, web

    class Answer(web.RequestHandler):
        async def get(self):
            query = {name: self.get_query_argument(name) for name in self.request.query_arguments}
            text = plain(self.request.path, query)
            if text is not None:
                return self.write(text)
            async for part in endless(self.request.path):
                self.write(part)
                await self.flush()

    async def main():
        web.Application([("/.*", Answer)]).listen(port, host)
        await asyncio.Event().wait()

    ioloop.IOLoop.current().run_sync(main)


if __name__ == "__main__":
    serve = serve_tornado if "tornado" in sys.argv else serve_aiohttp
    serve(os.environ["HOST"], int(os.environ["PORT"]))
