import os

DEBUG = True
MIDDLEWARE = ["django.middleware.common.CommonMiddleware", "django.middleware.csrf.CsrfViewMiddleware"]
INSTALLED_APPS = os.environ.get("FIXTURE_APPS", "").split()
SECRET_KEY = "only for tests"
ROOT_URLCONF = "urls"
ASGI_APPLICATION = "asgi.application"
STATIC_URL = "static/"
USE_TZ = True
