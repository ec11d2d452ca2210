import os
import time

from django.http import HttpResponse, StreamingHttpResponse
from django.middleware.csrf import get_token
from django.urls import path
from listen import listen
from seen import seen


def endless():
    while True:
        yield "data\n"
        time.sleep(0.1)


def slow(request):
    print("SLOW", flush=True)
    time.sleep(20)
    return HttpResponse("at last")


def form(request):
    return HttpResponse("posted\n" if request.method == "POST" else get_token(request))


urlpatterns = [
    path("", lambda request: HttpResponse("django\n")),
    path("form", form),
    path("pid", lambda request: HttpResponse(str(os.getpid()))),
    path("listen", lambda request: HttpResponse(listen(**request.GET.dict()))),
    path("seen", lambda request: HttpResponse(seen({"wsgi.url_scheme": request.scheme, **request.META}))),
    path("slow", slow),
    path("stream", lambda request: StreamingHttpResponse(endless())),
]
