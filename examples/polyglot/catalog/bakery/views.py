from django.http import JsonResponse
from django.views.decorators.http import require_safe

from .products import PRODUCTS


@require_safe
def products(request):
    return JsonResponse({"products": PRODUCTS})


@require_safe
def product(request, slug):
    found = next((each for each in PRODUCTS if each["slug"] == slug), None)
    if found is None:
        return JsonResponse({"error": f"no product called {slug}"}, status=404)
    return JsonResponse(found)
