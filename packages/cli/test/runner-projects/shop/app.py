from flask import Flask

app = Flask(__name__)
prices = {"tea": 3}


@app.get("/")
def home():
    return "the shop\n"


@app.get("/products")
def products():
    return [{"name": name, "price": price} for name, price in prices.items()]


@app.get("/products/<name>")
def product(name):
    return {"name": name, "price": prices[name]}
