"""Serves a WSGI app with nothing but the standard library: serve.py APP --host ADDRESS --port PORT"""

import argparse
import ast
import os
import socket
import sys
from socketserver import TCPServer, ThreadingMixIn
from wsgiref.simple_server import ServerHandler, WSGIRequestHandler, WSGIServer

CONTROL = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0))}
CONTROL[ord("\\")] = "\\\\"


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True  # an open request doesn't hold up the end
    request_queue_size = 128
    allow_reuse_address = os.name == "posix"  # on Windows a second process could listen on the same port

    def server_bind(self):
        """HTTPServer asks the DNS for a name of the address here, which can take seconds."""
        TCPServer.server_bind(self)
        host, self.server_port = self.server_address[:2]
        self.server_name = f"[{host}]" if ":" in host else host
        self.setup_environ()

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], ConnectionError):  # a client that left needs no traceback
            super().handle_error(request, client_address)


class Answer(ServerHandler):
    os_environ = {}  # a variable of this process (HTTP_PROXY, HTTPS, REMOTE_USER) is no header of a request


class Request(WSGIRequestHandler):
    def handle(self):
        """As the parent's, which tells the app that there is one thread only."""
        self.raw_requestline = self.rfile.readline(65537)
        if len(self.raw_requestline) > 65536:
            self.requestline = self.request_version = self.command = ""
            self.send_error(414)
        elif self.parse_request():
            for name in [name for name in self.headers if "_" in name]:
                del self.headers[name]  # X_Forwarded_For would become the same variable as X-Forwarded-For
            answer = Answer(self.rfile, self.wfile, sys.stderr, self.get_environ(), multithread=True)
            answer.request_handler = self
            answer.run(self.server.get_app())

    def log_message(self, format, *args):
        """Escaped, since a request can hold what a terminal obeys; Python does so since its security releases of 2022."""
        message = (format % args).translate(CONTROL)
        sys.stderr.write(f"{self.address_string()} - - [{self.log_date_time_string()}] {message}\n")


def load(target):
    """The app that `module`, `module:name` or `module:factory("text", size=3)` stands for."""
    path, _, expression = target.partition(":")
    try:
        __import__(path)
    except ModuleNotFoundError as error:
        if not f"{path}.".startswith(f"{error.name}."):
            raise  # a module that the app itself imports
        sys.exit(f"error: no module named {error.name!r} in {os.getcwd()}")
    module = sys.modules[path]
    name, call, _ = (expression or ("application" if hasattr(module, "application") else "app")).partition("(")
    app = module
    for attribute in name.split("."):
        if not hasattr(app, attribute):
            missing = repr(name) if expression else "'application' or 'app'"
            sys.exit(f"error: module {path!r} has no attribute {missing}")
        app = getattr(app, attribute)
    if call:
        positional, named = arguments(expression)
        app = app(*positional, **named)
    if not callable(app):
        sys.exit(f"error: {target!r} is not a WSGI app: it can't be called")
    code = getattr(app, "__code__", None) or getattr(type(app).__call__, "__code__", None)
    if code and code.co_flags & 0x80:  # inspect.CO_COROUTINE, without that import
        sys.exit(f"error: {target!r} is an ASGI app: it can't be served by wsgi")
    return app


def arguments(expression):
    try:
        call = ast.parse(expression, mode="eval").body
        named = {keyword.arg: ast.literal_eval(keyword.value) for keyword in call.keywords}
        return [ast.literal_eval(value) for value in call.args], named
    except (SyntaxError, ValueError):
        sys.exit(f"error: the arguments in {expression!r} are not plain literals")


def main():
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("app")
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", required=True, type=int)
    wanted = parser.parse_args()
    sys.path.insert(0, os.getcwd())  # only now: no file of the project takes the place of a module above
    app = load(wanted.app)
    url = f"http://{f'[{wanted.host}]' if ':' in wanted.host else wanted.host}:{wanted.port}"
    Server.address_family = socket.AF_INET6 if ":" in wanted.host else socket.AF_INET
    try:
        server = Server((wanted.host, wanted.port), Request)
    except OSError as error:
        sys.exit(f"error: can't listen on {url}: {error.strerror}")
    server.set_app(app)
    print(f"Serving {wanted.app} on {url}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
