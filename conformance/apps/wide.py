"""Listens on every interface when it is asked to: `GET /?port=8080`."""

import socket
from urllib.parse import parse_qs

kept = []


def app(environ, start_response):
    query = parse_qs(environ["QUERY_STRING"])
    if query:
        kept.append(socket.create_server(("0.0.0.0", int(query["port"][0]))))
    start_response("200 OK", [])
    return [b"wide\n"]
