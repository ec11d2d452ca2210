import os
import time
from urllib.parse import parse_qsl

from listen import listen
from seen import seen


def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    if environ["PATH_INFO"] == "/seen":
        return [seen(environ).encode()]
    return (part.encode() for part in pages[environ["PATH_INFO"]](**dict(parse_qsl(environ["QUERY_STRING"]))))


def endless():
    while True:
        yield "data\n"
        time.sleep(0.1)


def slow():
    print("SLOW", flush=True)
    time.sleep(20)
    yield "at last"


pages = {
    "/": lambda: ["wsgi\n"],
    "/pid": lambda: [str(os.getpid())],
    "/listen": lambda **query: [listen(**query)],
    "/stream": endless,
    "/slow": slow,
}
