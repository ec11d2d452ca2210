"""Opens what a development server may well have, all of it on loopback or as a client, and then says so."""

import multiprocessing.managers
import socket
import threading
import time

import debugpy


def database():
    """Answers on loopback; its client below keeps one connection alive."""
    server = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=server.accept, daemon=True).start()
    return server


def client_of(address):
    client = socket.create_connection(address)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    return client


def from_any_address(address):
    """As httpx with local_address="0.0.0.0": bound wide, and never listening."""
    while True:
        with socket.socket() as client:
            client.bind(("0.0.0.0", 0))
            client.connect(address)
        time.sleep(0.1)


started = None


def start():
    debugpy.listen(("127.0.0.1", 0))
    manager = multiprocessing.managers.SyncManager(address=("127.0.0.1", 0))
    manager.start()
    first, second = database(), socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=from_any_address, args=(second.getsockname(),), daemon=True).start()
    threading.Thread(target=accept_all, args=(second,), daemon=True).start()
    return manager, first, client_of(first.getsockname()), second, socket.create_server(("::1", 0), family=socket.AF_INET6)


def accept_all(server):
    while True:
        server.accept()[0].close()


def app(environ, start_response):
    global started
    if environ["PATH_INFO"] == "/start" and started is None:
        started = start()
    start_response("200 OK", [])
    return [b"calm\n"]
