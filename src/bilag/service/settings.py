"""Django's settings, all from the environment (bilag.service.environment). Importing this starts nothing but the
embedded database, which every command needs."""

import base64
import hashlib

from bilag.service.database import connection_parameters
from bilag.service.environment import environment

SECRET_KEY = base64.urlsafe_b64encode(
    hashlib.sha256(b"django:" + environment.secret_keys[0].encode()).digest()
).decode()
SECRET_KEY_FALLBACKS: list[str] = []
DEBUG = False
ALLOWED_HOSTS = ["*"]
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("nb", "Norsk bokmål")]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "bilag.web.urls"
ASGI_APPLICATION = "bilag.web.asgi.application"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "procrastinate.contrib.django",
    "bilag.companies",
    "bilag.transfers",
]
MIDDLEWARE: list[str] = ["django.middleware.common.CommonMiddleware"]
TEMPLATES: list[dict[str, object]] = []

_parameters = connection_parameters()
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _parameters.pop("dbname", "postgres"),
        "USER": _parameters.pop("user", ""),
        "PASSWORD": _parameters.pop("password", ""),
        "HOST": _parameters.pop("host", ""),
        "PORT": _parameters.pop("port", ""),
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**_parameters, "pool": {"min_size": 0, "max_size": 40, "timeout": 15}},
    }
}

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

BILAG_SECRET_KEYS = environment.secret_keys
BILAG_TIME_SCALE = environment.time_scale
BILAG_BASE_URL = environment.base_url
BILAG_HOME = environment.home

LOGGING_CONFIG = None
