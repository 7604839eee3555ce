"""Django's settings, all from the environment (bilag.service.environment). Importing this starts nothing but the
embedded database, which every command needs."""

from pathlib import Path

from django.core.signals import request_started

from bilag.service.database import connection_parameters
from bilag.service.environment import environment
from bilag.service.keys import on_request, ring, signing_key
from bilag.service.security import *  # noqa: F403 - settings are names of this module
from bilag.service.signing_in import *  # noqa: F403

SECRET_KEY, *SECRET_KEY_FALLBACKS = map(signing_key, ring)
request_started.connect(on_request, dispatch_uid="bilag.keys")
DEBUG = False
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("nb", "Norsk bokmål")]
LOCALE_PATHS = [Path(__file__).parent.parent / "web" / "locale"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "bilag.web.urls"
STATIC_URL = "/static/"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "django_htmx",
    "csp",
    "procrastinate.contrib.django",
    "bilag.jobs",
    "bilag.companies",
    "bilag.members",
    "bilag.events",
    "bilag.transfers",
    "bilag.reconciliation",
    "bilag.rehearsal",
    "bilag.expenses",
    "bilag.inbox",
    "bilag.notifications",
    "bilag.audit",
    "bilag.web",
]
NEEDED_BY_OUR_MODELS = ("django.contrib.postgres", "procrastinate.contrib.django")
APPS_WITHOUT_PAGES = [
    app for app in INSTALLED_APPS if app in NEEDED_BY_OUR_MODELS or (app.startswith("bilag.") and app != "bilag.web")
]
"""The apps of a command that renders no page or email, signs nobody in and deletes no user (`bilag.cli.django_ready`)."""
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent.parent / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "bilag.web.context_processors.frame",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

_parameters = connection_parameters()
# Connecting gives up soon, so that the next request tries at once when the database is back.
POOL = {"min_size": 0, "max_size": environment.pool_size, "timeout": 15, "reconnect_timeout": 5}
DATABASES = {
    "default": {
        "ENGINE": "bilag.service.postgresql",
        "NAME": _parameters.pop("dbname", "postgres"),
        "USER": _parameters.pop("user", ""),
        "PASSWORD": _parameters.pop("password", ""),
        "HOST": _parameters.pop("host", ""),
        "PORT": _parameters.pop("port", ""),
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": False,  # the engine does it
        "OPTIONS": {**_parameters, "pool": POOL},
    }
}

# Only a process that runs jobs needs the tasks, and registers them (bilag.jobs.registry).
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""

for _name, _value in environment.email.items():
    globals()[_name] = _value
DEFAULT_FROM_EMAIL = SERVER_EMAIL = environment.email_from

BILAG_SECRET_KEYS = ring
BILAG_TIME_SCALE = environment.time_scale
BILAG_BASE_URL = environment.base_url
BILAG_HOME = environment.home
BILAG_ALLOW_INSIDE = environment.allow_inside

LOGGING_CONFIG = None
