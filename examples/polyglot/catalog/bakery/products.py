"""What the bakery sells. A catalog of your own would be a model; an example needs no database."""

PRODUCTS = [
    {
        "slug": "rye-loaf",
        "name": "Rye loaf",
        "price": "5.40",
        "description": "Dark, sour, and better on the second day.",
        "hue": 24,
    },
    {
        "slug": "cinnamon-knot",
        "name": "Cinnamon knot",
        "price": "2.80",
        "description": "Twisted by hand, gone by nine.",
        "hue": 38,
    },
    {
        "slug": "olive-focaccia",
        "name": "Olive focaccia",
        "price": "4.20",
        "description": "Green olives, coarse salt, a lot of good oil.",
        "hue": 88,
    },
    {
        "slug": "plum-tart",
        "name": "Plum tart",
        "price": "3.90",
        "description": "Late plums on a thin, crisp base.",
        "hue": 325,
    },
]
