from django.urls import path

from . import views

urlpatterns = [
    path("api/catalog/products", views.products),
    path("api/catalog/products/<slug:slug>", views.product),
]
