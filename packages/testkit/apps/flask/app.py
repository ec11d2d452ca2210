import os
import time

from flask import Flask, request
from listen import listen
from seen import seen

app = Flask(__name__)


@app.get("/")
def home():
    return "flask\n"


@app.get("/pid")
def pid():
    return str(os.getpid())


@app.get("/seen")
def client():
    return seen(request.environ)


@app.get("/listen")
def open_listener():
    return listen(**request.args)


@app.get("/stream")
def endless():
    def parts():
        while True:
            yield "data\n"
            time.sleep(0.1)

    return parts()


@app.get("/slow")
def slow():
    print("SLOW", flush=True)
    time.sleep(20)
    return "at last"
