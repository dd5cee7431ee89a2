"""Settings by environment; every default is safe for a school that changes nothing but its host name."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from .secrets import secret_key

ROOM = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("ZHIXING_VAR", Path.cwd() / "var")).resolve()
VAR.mkdir(parents=True, exist_ok=True, mode=0o700)
ROLES_FILE = ROOM / "site" / "roles.toml"


def flag(name: str, default: bool) -> bool:
    return os.environ.get(name, str(int(default))).lower() in {"1", "true", "yes", "on"}


def database(url: str) -> dict[str, object]:
    """DATABASE_URL (postgresql://user:password@host:port/name) or the SQLite file in VAR."""
    if not url or url.startswith("sqlite"):
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": url.removeprefix("sqlite:///") or VAR / "zhixing.sqlite3",
            "CONN_MAX_AGE": 600,  # opening a file and setting its pragmas costs more than a page
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
                "PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16000;",
            },
        }
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))  # libpq's own spelling: ?host=/run/postgresql for a local socket
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host") or unquote(parts.hostname or ""),
        "PORT": query.get("port") or str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"options": "-c lock_timeout=20s"},  # as long as SQLite waits; then a page says so
    }


PROFILE = os.environ.get("ZHIXING_PROFILE", "asvs")
DEBUG = False
HTTPS = flag("ZHIXING_HTTPS", default=False)
SECRET_KEY = secret_key(VAR)
MASTER_KEY = os.environ.get("ZHIXING_MASTER_KEY", "")
MASTER_KEY_FILE = os.environ.get("ZHIXING_MASTER_KEY_FILE", str(VAR / "keys" / "master.key"))
AUDIT_ANCHOR_FILE = os.environ.get("ZHIXING_ANCHOR_FILE", str(VAR / "audit" / "anchors.tsv"))
FILES_DIR = os.environ.get("ZHIXING_FILES_DIR", str(VAR / "files"))
PAPER_FONTS_DIR = os.environ.get("ZHIXING_FONTS_DIR", str(VAR / "fonts"))
PUBLIC_BASE_URL = os.environ.get("ZHIXING_BASE_URL", "http://127.0.0.1:8000")
ALLOWED_HOSTS = os.environ.get("ZHIXING_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [PUBLIC_BASE_URL] if HTTPS else []
TENANT_MODEL = "people.Tenant"
AUTH_USER_MODEL = "people.User"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.staticfiles",
    *tomllib.loads((ROOM / "site" / "apps.toml").read_text("utf-8"))["apps"],
]
MIDDLEWARE = [
    "zhixing.kernel.pages.middleware.HeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "zhixing.kernel.people.middleware.TenantMiddleware",
    "zhixing.kernel.people.middleware.AccessMiddleware",
    "zhixing.kernel.trail.middleware.ActingMiddleware",
]
ROOT_URLCONF = "zhixing.site.urls"
WSGI_APPLICATION = "zhixing.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": False,
        "DIRS": sorted(str(path) for path in ROOM.glob("*/*/templates")),
        "OPTIONS": {"environment": "zhixing.kernel.pages.jinja.environment", "context_processors": []},
    }
]
FORM_RENDERER = "django.forms.renderers.Jinja2"
DATABASES = {"default": database(os.environ.get("DATABASE_URL", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = os.environ.get("ZHIXING_STATIC_ROOT", str(VAR / "static"))
Path(STATIC_ROOT).mkdir(parents=True, exist_ok=True)
HASHED_STATIC = Path(STATIC_ROOT, "staticfiles.json").exists()
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": FILES_DIR}},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if HASHED_STATIC
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not HASHED_STATIC
WHITENOISE_ALLOW_ALL_ORIGINS = False
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000

AUTHENTICATION_BACKENDS = ["zhixing.kernel.people.backend.AccountBackend"]
PASSWORD_HASHERS = ["zhixing.kernel.people.hashing.CappedArgon2Hasher"]
LOGIN_URL = "/sign-in/"
SESSION_ENGINE = "zhixing.kernel.people.sessions"
SESSION_COOKIE_NAME = "__Host-sid" if HTTPS else "sid"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "zhixing.kernel.pages.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if flag("ZHIXING_BEHIND_PROXY", default=False) else None
LOGGING_CONFIG = None
SILENCED_SYSTEM_CHECKS = ["auth.E003", "auth.W004", "security.W001", "security.W002", "security.W003"]
