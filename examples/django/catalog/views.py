from django.views.generic import DetailView, ListView

from .models import Product


class ProductList(ListView):
    model = Product


class ProductDetail(DetailView):
    model = Product
