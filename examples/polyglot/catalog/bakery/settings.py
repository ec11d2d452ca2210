import os

# Not plain DEBUG: Node tools use that name for their own logging (DEBUG=express:*).
DEBUG = os.environ.get("DJANGO_DEBUG", "1").lower() in ("1", "true", "yes", "on")

# The default is for development only. Anyone can read it here, so never serve others with it.
SECRET_KEY = os.environ.get("DJANGO_SECRET_KEY", "django-insecure-development-only")

# Empty, with DEBUG on, means localhost and its variants; nobody else's host name is answered.
ALLOWED_HOSTS = []

INSTALLED_APPS = []
MIDDLEWARE = ["django.middleware.security.SecurityMiddleware", "django.middleware.common.CommonMiddleware"]
ROOT_URLCONF = "bakery.urls"
USE_TZ = True
