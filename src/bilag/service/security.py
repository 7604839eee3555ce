"""Settings that keep strangers out: hosts, cookies, headers, content policy."""

from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from bilag.service.environment import environment

_address = urlsplit(environment.base_url)
_https = _address.scheme == "https"

ALLOWED_HOSTS = sorted(
    {host for host in (_address.hostname, environment.listen[0].strip("[]")) if host}
    | {"localhost", "127.0.0.1", "[::1]"}
)
CSRF_TRUSTED_ORIGINS = [f"{_address.scheme}://{_address.netloc}"] if _https else []
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _https
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE = "bilag.members.sessions"
SESSION_COOKIE_NAME = "bilag_session"
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_FAILURE_VIEW = "bilag.web.error_pages.forged"
SECURE_SSL_REDIRECT = _https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _https else None
SECURE_REDIRECT_EXEMPT = [r"^hooks/"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _https
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"

_provider = environment.openid_connect
_provider_origin = [f"{urlsplit(_provider.server).scheme}://{urlsplit(_provider.server).netloc}"] if _provider else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # the QR code of the second factor is a data: picture
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF, *_provider_origin],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

SILENCED_SYSTEM_CHECKS: list[str] = []
