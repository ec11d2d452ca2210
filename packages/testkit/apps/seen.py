"""What an app sees of its client. Every fixture app answers with it on `GET /seen`."""

import json

WORDS = ("FORWARDED", "REAL", "SCHEME", "SSL", "PROXY")


def seen(environ):
    """WSGI."""
    headers = {name[5:]: value for name, value in environ.items() if name.startswith("HTTP_")}
    return _told(environ["REMOTE_ADDR"], environ["wsgi.url_scheme"], environ["HTTP_HOST"], headers)


def seen_by_asgi(scope):
    headers = {name.decode().upper().replace("-", "_"): value.decode() for name, value in scope["headers"]}
    return _told((scope["client"] or [""])[0], scope["scheme"], headers["HOST"], headers)


def _told(client, scheme, host, headers):
    claims = {name: value for name, value in headers.items() if any(word in name for word in WORDS)}
    return json.dumps({"client": client, "scheme": scheme, "host": host, "claims": claims})
