from collections import deque
from datetime import datetime, timezone

from flask import Flask, jsonify, redirect, render_template, request, url_for

app = Flask(__name__)

# In memory, newest first: a restart, and so every reload, begins an empty book.
entries = deque(maxlen=50)


@app.get("/")
def index():
    return render_template("index.html", entries=list(entries))


@app.post("/")
def sign():
    name = request.form.get("name", "").strip()[:40]
    message = request.form.get("message", "").strip()[:280]
    if not name or not message:
        error = "Please give a name and a message."
        return render_template("index.html", entries=list(entries), error=error), 400

    entries.appendleft({"name": name, "message": message, "at": datetime.now(timezone.utc).isoformat("T", "seconds")})
    return redirect(url_for("index"), code=303)


@app.get("/api/entries")
def api_entries():
    return jsonify(entries=list(entries))
