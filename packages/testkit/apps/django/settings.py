import os

DEBUG = True
INSTALLED_APPS = os.environ.get("FIXTURE_APPS", "").split()
SECRET_KEY = "only for tests"
ROOT_URLCONF = "urls"
ASGI_APPLICATION = "asgi.application"
STATIC_URL = "static/"
USE_TZ = True
