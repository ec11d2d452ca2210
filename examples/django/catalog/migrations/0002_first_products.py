from django.db import migrations

PRODUCTS = [
    {
        "name": "Copper kettle",
        "slug": "copper-kettle",
        "price": "48.00",
        "description": "Boils a litre in the time it takes to read one traceback.",
        "hue": 22,
    },
    {
        "name": "Linen notebook",
        "slug": "linen-notebook",
        "price": "14.50",
        "description": "160 blank pages, for the plans that come before the code.",
        "hue": 150,
    },
    {
        "name": "Reading lamp",
        "slug": "reading-lamp",
        "price": "79.00",
        "description": "Warm light for late evenings, and a switch you will remember to use.",
        "hue": 250,
    },
]


def add_products(apps, schema_editor):
    Product = apps.get_model("catalog", "Product")
    for product in PRODUCTS:
        Product.objects.create(**product)


def remove_products(apps, schema_editor):
    Product = apps.get_model("catalog", "Product")
    Product.objects.filter(slug__in=[product["slug"] for product in PRODUCTS]).delete()


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]

    operations = [migrations.RunPython(add_products, remove_products)]
