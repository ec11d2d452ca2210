DEBUG = True
SECRET_KEY = "only for tests"
ROOT_URLCONF = "urls"
USE_TZ = True
