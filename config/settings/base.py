"""Settings shared by every environment, read from its variables (`variables`)."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from environs import validate

from config.settings.background import *  # noqa: F403
from config.settings.background import REDIS_URL
from config.settings.limits import *  # noqa: F403
from config.settings.variables import env

BASE_DIR = Path(__file__).resolve().parent.parent.parent
DATA_DIR = Path(env.str("DATA_DIR", str(BASE_DIR / ".data"))).absolute()

# --- Addresses -------------------------------------------------------------------------------------------------------
PORT = env.int("PORT", 8000)
# Where tenant `default` lives; tenant `acme` lives at `acme.` in front of its host.
BASE_URL = env.str("BASE_URL", f"http://localhost:{PORT}").rstrip("/")
if not re.fullmatch(r"https?://[a-z0-9.-]+(:[0-9]+)?", BASE_URL):
    raise ImproperlyConfigured(f"BASE_URL must be https://host or https://host:port in lower case, not {BASE_URL!r}")
# An origin is spelled without the port that its scheme implies (RFC 6454 section 6.2).
BASE_URL = BASE_URL.removesuffix(":443" if BASE_URL.startswith("https:") else ":80")
# Further hosts of tenant `default`.
DEFAULT_TENANT_HOSTS: list[str] = env.list("DEFAULT_TENANT_HOSTS", [])
DEFAULT_TENANT_HOSTS = [host.lower() for host in DEFAULT_TENANT_HOSTS]
# Loopback addresses that stand for a tenant, by address. Development fills it.
TENANT_HOSTS: dict[str, str] = {}
# The host that tenants' own domains are an alias of; without one tenants have none. See docs/custom-domains.md.
CUSTOM_DOMAIN_TARGET = env.str("CUSTOM_DOMAIN_TARGET", "").lower().rstrip(".")
if not re.fullmatch(r"(?:[a-z0-9-]+\.)+[a-z0-9-]+|", CUSTOM_DOMAIN_TARGET):
    raise ImproperlyConfigured(f"CUSTOM_DOMAIN_TARGET must be a host name, not {CUSTOM_DOMAIN_TARGET!r}")
# The resolvers that look at those domains, by address and perhaps port; the system's if there are none.
CUSTOM_DOMAIN_RESOLVERS: list[str] = env.list("CUSTOM_DOMAIN_RESOLVERS", [])
# Who has certificates for them: a proxy that asks here first, or something in front that Gatehouse does not see.
CUSTOM_DOMAIN_TLS = env.str("CUSTOM_DOMAIN_TLS", "on_demand", validate=validate.OneOf(["on_demand", "external"]))
# What that proxy sends along if it is not on this machine.
CUSTOM_DOMAIN_ASK_SECRET = env.str("CUSTOM_DOMAIN_ASK_SECRET", "")
CUSTOM_DOMAINS_PER_TENANT = env.int("CUSTOM_DOMAINS_PER_TENANT", 10)
# How many a tenant may add, deleted ones too: each may cost a certificate, and who issues them counts all of them.
CUSTOM_DOMAIN_ADDITION_LIMIT = env.str("CUSTOM_DOMAIN_ADDITION_LIMIT", "30/day")
# For how many hours a domain whose records are gone is still served.
CUSTOM_DOMAIN_GRACE_HOURS = env.int("CUSTOM_DOMAIN_GRACE_HOURS", 72, validate=lambda hours: hours >= 0)
# How often a tenant's developers may have domains looked at, besides the schedule.
CUSTOM_DOMAIN_CHECK_LIMIT = env.str("CUSTOM_DOMAIN_CHECK_LIMIT", "12/minute")
# The tenant middleware admits hosts: an unknown one has no tenant.
ALLOWED_HOSTS = ["*"]
IS_HTTPS = urlsplit(BASE_URL).scheme == "https"
TRUST_PROXY_HEADERS = env.bool("TRUST_PROXY_HEADERS", False)
# How many proxies stand in front, one behind the other; see common.proxies.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 1, validate=lambda count: count >= 1)
# Whether the edge in front sets the headers below and drops those of callers; see docs/adaptive-mfa.md.
TRUST_EDGE_HEADERS = env.bool("TRUST_EDGE_HEADERS", False)
EDGE_HEADERS: dict[str, str] = {
    "country": "x-logto-cf-country",
    "city": "x-logto-cf-city",
    "latitude": "x-logto-cf-latitude",
    "longitude": "x-logto-cf-longitude",
    "botScore": "x-logto-cf-bot-score",
    "botVerified": "x-logto-cf-bot-verified",
}
_edge_headers: dict[str, str] = env.dict("EDGE_HEADERS", {})
if _unknown := sorted(set(_edge_headers) - set(EDGE_HEADERS)):
    raise ImproperlyConfigured(f"EDGE_HEADERS knows {', '.join(EDGE_HEADERS)}, not {', '.join(_unknown)}")
EDGE_HEADERS |= _edge_headers
# A file in the MaxMind DB format, for places that no edge tells.
GEOIP_DATABASE = env.str("GEOIP_DATABASE", "")

# --- Applications ----------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    # In front of the theme, whose templates it replaces here and there.
    "console",
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "oauth2_provider",
    "django_otp",
    "rest_framework",
    "common",
    "tenants",
    "events",
    "access",
    "connectors",
    "identity",
    "organizations",
    "applications",
    "oidc",
    "saml",
    "experience",
    "configuration",
    "portal",
    "management_api",
]

# What every request needs. Pages and the console add theirs, by address; see common.pipeline.
MIDDLEWARE = [
    "common.middleware.SecurityHeadersMiddleware",
    "common.middleware.RequestLogMiddleware",
    "common.middleware.ReadableRequestMiddleware",
    "tenants.middleware.TenantMiddleware",
]
PAGE_MIDDLEWARE = [
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
]
CONSOLE_MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "console.middleware.ConsoleMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
# The admin looks for its middleware in MIDDLEWARE; it stands in CONSOLE_MIDDLEWARE.
SILENCED_SYSTEM_CHECKS = ["admin.E408", "admin.E409", "admin.E410"]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ]
        },
    }
]

# --- Storage ---------------------------------------------------------------------------------------------------------
DATABASES = {
    "default": {
        **env.dj_db_url("DATABASE_URL", "postgres://postgres@127.0.0.1:5432/gatehouse"),
        "ENGINE": "tenants.database",
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }
}
# How long, in seconds, a process trusts the configuration's stamp it has read; a write of configuration takes as much
# longer. 0 reads the stamp with every request.
CONFIGURATION_LEASE = env.float("CONFIGURATION_LEASE", 0.02)
# How long, in seconds, the audit entries of machines' tokens wait to be written together. 0 writes each at once.
AUDIT_DELAY = env.float("AUDIT_DELAY", 0.1)
# Seconds between what is counted for figures and its being written; 0 counts nothing. And days that figures are kept.
FIGURES_DELAY = env.float("FIGURES_DELAY", 10.0)
FIGURES_RETENTION_DAYS = env.int("FIGURES_RETENTION_DAYS", 730)
# How many days entries of the audit log are kept. 0 keeps them for ever.
AUDIT_RETENTION_DAYS = env.int("AUDIT_RETENTION_DAYS", 90, validate=lambda days: days >= 0)
# How many days deliveries of webhooks are kept, how many of a tenant's, and how many bytes of events and answers.
WEBHOOK_RETENTION_DAYS = env.int("WEBHOOK_RETENTION_DAYS", 14, validate=lambda days: days >= 1)
WEBHOOK_DELIVERIES_PER_TENANT = env.int("WEBHOOK_DELIVERIES_PER_TENANT", 100_000, validate=lambda count: count >= 1000)
WEBHOOK_BYTES_PER_TENANT = env.int("WEBHOOK_BYTES_PER_TENANT", 1_073_741_824, validate=lambda size: size >= 16_777_216)
# How many requests to one tenant's webhooks, and to one webhook, are under way at a time, and on how many workers.
WEBHOOK_CONCURRENCY_PER_TENANT = env.int("WEBHOOK_CONCURRENCY_PER_TENANT", 16, validate=lambda count: count >= 1)
WEBHOOK_CONCURRENCY_PER_HOOK = env.int("WEBHOOK_CONCURRENCY_PER_HOOK", 8, validate=lambda count: count >= 1)
WEBHOOK_WORKERS_PER_TENANT = env.int("WEBHOOK_WORKERS_PER_TENANT", 2, validate=lambda count: count >= 1)
# For how many seconds a worker may hold a delivery. One that dies delays what it held for as long. A request takes ten
# seconds at most, and its host's name is looked up before: with less, what is slow would be sent by two.
WEBHOOK_LEASE = env.float("WEBHOOK_LEASE", 60.0, validate=lambda seconds: seconds >= 30)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# For how many seconds a new signing key is published before it signs, where a rotation does not say.
PRIVATE_KEY_ROTATION_GRACE_PERIOD = env.int("PRIVATE_KEY_ROTATION_GRACE_PERIOD", 0, validate=lambda value: value >= 0)

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

# Whether `/readyz` fails while the scheduler is silent. It says so in any case.
READINESS_REQUIRES_SCHEDULER = env.bool("READINESS_REQUIRES_SCHEDULER", False)

# --- Identity --------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "identity.User"
AUTHENTICATION_BACKENDS = ["console.backends.ConsoleBackend"]
LOGIN_URL = "/console/sign-in"
# OWASP lists this as equivalent to t=2 with 19 MiB. In the web process, which gives memory back after each hash, it
# takes 25 ms of CPU where that takes 48 (two at once 33 and 51): 1,793 page faults instead of 4,865. Huge pages
# (glibc.malloc.hugetlb=1) save no measurable part of the 25; keeping the memory saves 2, for 7 to 28 MB a process.
PASSWORD_ARGON2_TIME_COST = 5
PASSWORD_ARGON2_MEMORY_COST = 7_168  # KiB
PASSWORD_ARGON2_PARALLELISM = 1
PASSWORD_HASH_CONCURRENCY = env.int("PASSWORD_HASH_CONCURRENCY", 2)
# How many requests of a process may compute a hash or wait for it: all but one of its threads.
PASSWORD_HASH_QUEUE = env.int("PASSWORD_HASH_QUEUE", 0) or env.int("WEB_THREADS", 8) - 1
PWNED_PASSWORDS_ENABLED = env.bool("PWNED_PASSWORDS_ENABLED", False)
# Where `refresh_disposable_domains` looks for a newer list than the one that ships.
DISPOSABLE_DOMAINS_URL = env.str(
    "DISPOSABLE_DOMAINS_URL",
    "https://raw.githubusercontent.com/disposable-email-domains/disposable-email-domains/main/disposable_email_blocklist.conf",
)

OAUTH2_PROVIDER_APPLICATION_MODEL = "applications.Application"
OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL = "oidc.AccessToken"
OAUTH2_PROVIDER_REFRESH_TOKEN_MODEL = "oidc.RefreshToken"
OAUTH2_PROVIDER_ID_TOKEN_MODEL = "oidc.IDToken"
OAUTH2_PROVIDER_GRANT_MODEL = "oidc.AuthorizationCode"
OAUTH2_PROVIDER_DEVICE_GRANT_MODEL = "oidc.DeviceGrant"
OAUTH2_PROVIDER = {
    "OAUTH2_VALIDATOR_CLASS": "oidc.token.validator.Validator",
    "OIDC_ENABLED": True,
    "PKCE_REQUIRED": True,
}

# How many processes run the tenants' scripts for custom token claims, next to each web process.
CUSTOM_CLAIMS_PROCESSES = env.int("CUSTOM_CLAIMS_PROCESSES", 2)
# How many run their Actions, which may wait for other services: each keeps a thread of the web process.
ACTIONS_PROCESSES = env.int("ACTIONS_PROCESSES", 3)

# --- HTTP ------------------------------------------------------------------------------------------------------------
# Browsers take such a name from this very host alone (RFC 6265bis section 4.1.3.2): a tenant's own pages are at a host
# below and could set a cookie for all of them.
_COOKIE_PREFIX = "__Host-" if IS_HTTPS else ""
SESSION_COOKIE_NAME = f"{_COOKIE_PREFIX}_console"
SESSION_COOKIE_PATH = "/"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_NAME = f"{_COOKIE_PREFIX}_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_FAILURE_VIEW = "common.views.csrf_failure"
# The bound of every body, but where a file may be sent: there it is that of files. See common.bodies.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
MAX_UPLOAD_BYTES = env.int("MAX_UPLOAD_BYTES", 20_971_520, validate=lambda size: size >= 1)
# Of a file of users, and how many rows one may have.
USER_IMPORT_MAX_BYTES = env.int("USER_IMPORT_MAX_BYTES", 33_554_432, validate=lambda size: size >= 1)
USER_IMPORT_MAX_ROWS = env.int("USER_IMPORT_MAX_ROWS", 1_000_000, validate=lambda rows: rows >= 1)
# How many days the file of an import is kept that nobody goes on with.
USER_IMPORT_FILE_DAYS = env.int("USER_IMPORT_FILE_DAYS", 7, validate=lambda days: days >= 1)
# How many days an import is shown, with the problems of its rows, after something last happened to it.
USER_IMPORT_RETENTION_DAYS = env.int("USER_IMPORT_RETENTION_DAYS", 90, validate=lambda days: days >= 1)
# Regular expressions of whole paths.
UPLOAD_PATHS = [
    r"/api/user-assets",
    r"/api/experience/user-assets/avatar",
    r"/api/sign-in-exp/default/custom-ui-assets",
    r"/console/[a-z0-9-]+/files/",
    r"/console/[a-z0-9-]+/own-pages/",
]
# Where a file of users may be sent, which may be larger.
USER_IMPORT_PATHS = [r"/api/user-imports", r"/console/[a-z0-9-]+/user-imports/"]
FILE_UPLOAD_HANDLERS = ["common.bodies.NoFilesUploadHandler"]
# Where connectors and webhooks may lead besides public addresses: everywhere, or to these hosts.
ALLOW_PRIVATE_ADDRESSES = env.bool("ALLOW_PRIVATE_ADDRESSES", False)
ALLOWED_PRIVATE_HOSTS: list[str] = env.list("ALLOWED_PRIVATE_HOSTS", [])
# Whether a client that nobody here has checked may be on this machine: only in development, where it is being written.
UNVERIFIED_CLIENTS_ON_LOOPBACK = False
# A PEM file with certificate authorities of the installation's own, for calls over https.
CA_CERTIFICATES = env.str("CA_CERTIFICATES", "")

# Pages add what a tenant's look needs. `form-action` binds redirects after a form post too: a sign-in therefore ends
# with a page that goes on by itself.
CONTENT_SECURITY_POLICY = {
    # The provider answers with data; its few pages bring a policy of their own.
    "EXCLUDE_URL_PREFIXES": ("/oidc/",),
    "DIRECTIVES": {
        "default-src": [NONE],
        "base-uri": [NONE],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "img-src": [SELF, "data:"],
        "script-src": [NONCE],
        "style-src": [SELF, NONCE],
    },
}

REST_FRAMEWORK = {
    "EXCEPTION_HANDLER": "common.rest.exceptions.handle",
    "DEFAULT_RENDERER_CLASSES": ["common.rest.renderers.JsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    # Every view names its own; a forgotten one answers nobody.
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["common.rest.permissions.DenyAll"],
    "UNAUTHENTICATED_USER": None,
    "COMPACT_JSON": True,
    "DEFAULT_SCHEMA_CLASS": "management_api.openapi.inspection.OperationSchema",
}

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
WHITENOISE_USE_FINDERS = True
# Where uploaded files are: `local` in a folder, `s3` in a bucket of whoever speaks its protocol, `off` for no uploads.
S3_BUCKET = env.str("S3_BUCKET", "")
FILE_STORAGE = env.str("FILE_STORAGE", "s3" if S3_BUCKET else "local", validate=validate.OneOf(["local", "s3", "off"]))
FILES_DIR = env.str("FILES_DIR", str(DATA_DIR / "files"))
# So many files of a tenant's pages, and so many bytes of them; as much again of users' pictures in a day.
FILES_PER_TENANT = env.int("FILES_PER_TENANT", 5_000)
FILE_BYTES_PER_TENANT = env.int("FILE_BYTES_PER_TENANT", 1_073_741_824)
_FILES: dict[str, object] = {
    "BACKEND": "django.core.files.storage.FileSystemStorage",
    "OPTIONS": {"location": FILES_DIR},
}
if FILE_STORAGE == "s3":
    if not S3_BUCKET:
        raise ImproperlyConfigured("FILE_STORAGE=s3 needs S3_BUCKET")
    from botocore.config import Config

    _FILES = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            "endpoint_url": env.str("S3_ENDPOINT_URL", "") or None,
            "region_name": env.str("S3_REGION", "") or None,
            "access_key": env.str("S3_ACCESS_KEY_ID", "") or None,
            "secret_key": env.str("S3_SECRET_ACCESS_KEY", "") or None,
            "location": env.str("S3_PREFIX", ""),
            "default_acl": None,
            "client_config": Config(connect_timeout=5, read_timeout=10, retries={"max_attempts": 2}),
        },
    }
STORAGES = {
    "default": _FILES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# --- Languages -------------------------------------------------------------------------------------------------------
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("ar", "العربية"),
    ("cs", "Čeština"),
    ("de", "Deutsch"),
    ("en", "English"),
    ("es", "Español"),
    ("fa", "فارسی"),
    ("fr", "Français"),
    ("it", "Italiano"),
    ("ja", "日本語"),
    ("ko", "한국어"),
    ("pl", "Polski"),
    ("pt", "Português"),
    ("pt-br", "Português (Brasil)"),
    ("ru", "Русский"),
    ("th", "ไทย"),
    ("tr", "Türkçe"),
    ("uk", "Українська"),
    ("zh-hans", "简体中文"),
    ("zh-hk", "繁體中文（香港）"),
    ("zh-hant", "繁體中文"),
]
LOCALE_PATHS = [BASE_DIR / "locale"]

# --- Development aids, off unless an environment turns them on -------------------------------------------------------
DEVELOPMENT_MAILBOX = False

LOG_FORMAT = env.str("LOG_FORMAT", "json", validate=validate.OneOf(["json", "plain"]))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "common.logs.JsonFormatter"},
        "plain": {"()": "common.logs.TextFormatter", "format": "%(levelname)s %(name)s %(message)s"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
    # They name the whole address of every call, in which some providers want secrets and tokens, and its headers;
    # signxml names all that it signs and verifies: assertions.
    "loggers": {name: {"level": "WARNING"} for name in ("httpx", "httpcore", "signxml")},
}
