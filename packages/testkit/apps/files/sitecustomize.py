"""A server of files runs no code of the project; this makes it answer `/listen` all the same."""

import socket
import socketserver
from urllib.parse import parse_qsl, urlsplit

from listen import listen

setup = socketserver.StreamRequestHandler.setup


def setup_and_listen(handler):
    setup(handler)
    url = urlsplit(handler.request.recv(4096, socket.MSG_PEEK).decode().split(" ")[1])
    if url.path == "/listen":
        listen(**dict(parse_qsl(url.query)))


socketserver.StreamRequestHandler.setup = setup_and_listen
