"""A whole web app in the standard library: an environ comes in, a status, headers and bytes go out."""

import json
from datetime import datetime
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import parse_qs

PAGE = Template(Path(__file__).with_name("page.html").read_text(encoding="utf-8"))
LONGEST_FORM = 10_000


def application(environ, start_response):
    handlers = ROUTES.get(environ.get("PATH_INFO") or "/", {})
    method = environ["REQUEST_METHOD"]
    handler = handlers.get("GET" if method == "HEAD" else method)

    headers = []
    if handler:
        status, kind, text = handler(environ)
    elif handlers:
        status, kind, text = "405 Method Not Allowed", "text/plain", "This address doesn't take that method.\n"
        headers.append(("Allow", ", ".join(["HEAD", *handlers])))
    else:
        status, kind, text = "404 Not Found", "text/plain", "There is nothing here. Try /\n"

    body = text.encode()
    headers += [("Content-Type", f"{kind}; charset=utf-8"), ("Content-Length", str(len(body)))]
    start_response(status, headers)
    return [] if method == "HEAD" else [body]


def show(environ, greeting="Hello from one file"):
    rows = "\n".join(
        f"<tr><th scope=row>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in request_headers(environ)
    )
    return "200 OK", "text/html", PAGE.substitute(greeting=escape(greeting), now=clock(), rows=rows)


def greet(environ):
    name = form(environ).get("name", [""])[0].strip()[:40]
    return show(environ, f"Hello, {name}") if name else show(environ)


def time(environ):
    return "200 OK", "application/json", json.dumps({"now": clock()})


ROUTES = {
    "/": {"GET": show, "POST": greet},
    "/time": {"GET": time},
}


def clock():
    return f"{datetime.now():%H:%M:%S}"


def request_headers(environ):
    """WSGI spells `User-Agent` as HTTP_USER_AGENT; spell it back."""
    return sorted(
        (key[5:].replace("_", "-").title(), value) for key, value in environ.items() if key.startswith("HTTP_")
    )


def form(environ):
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal():
        return {}
    body = environ["wsgi.input"].read(min(int(length), LONGEST_FORM))
    return parse_qs(body.decode("utf-8", "replace"))
