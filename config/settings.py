"""Settings, read from the environment. The defaults run on one machine without any other service."""

from __future__ import annotations

from pathlib import Path

import environ
from django.core.management.utils import get_random_secret_key
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from config.csp import CONTENT_SECURITY_POLICY as CONTENT_SECURITY_POLICY
from config.database import database_of
from config.desk import UNFOLD as UNFOLD
from config.errors import report_errors_to
from config.logs import PLAIN, logging_of
from config.single_sign_on import providers_of
from registry.storage import storage_of

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"

env = environ.Env()

DEBUG = env.bool("DEBUG", default=False)
# Without SECRET_KEY, each process generates a key: commands work, but sessions end with the process.
SECRET_KEY = env.str("SECRET_KEY", default="") or get_random_secret_key()
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
BASE_URL = env.str("BASE_URL", default="http://127.0.0.1:8000").rstrip("/")
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.humanize",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "registry",
    "compliance",
]
MIDDLEWARE = [
    "registry.request_ids.RequestIds",
    "compliance.site.metrics.Measure",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.security.AllowEvalInAdmin",
    "config.security.AppendSlashInApi",
    "config.security.RefuseNul",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "registry.audit.acting.ActingPerson",
    "config.access_log.CountAccess",
    "allauth.account.middleware.AccountMiddleware",
    "registry.accounts.idle.EndIdleSessions",
    "registry.accounts.second_factor.RequireSecondFactor",
    "registry.accounts.devices.RecognizeDevices",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "compliance.admin.notices.bell",
            ]
        },
    }
]

# --- data ---------------------------------------------------------------------------------------------------
# A blank DATABASE_URL, as a compose file leaves it, means the embedded database.
DATABASES = {"default": database_of(env.str("DATABASE_URL", "") or f"sqlite:///{VAR / 'registry.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# A line a day on the state of all chains of hashes: kept on another machine, it shows since when something was changed.
ANCHOR_FILE = env.str("ANCHOR_FILE", default=str(VAR / "anchors.jsonl"))
# Addresses to which each anchor is mailed.
ANCHOR_MAIL = env.list("ANCHOR_MAIL", default=[])
# A folder or a bucket for nightly backups (blank: none), and the public keys of age for whom they are encrypted.
BACKUP_TO = env.str("BACKUP_TO", default="")
BACKUP_RECIPIENTS = env.list("BACKUP_RECIPIENTS", default=[])
# Backups at BACKUP_TO that are older than so many days are removed, but for the newest; 0 keeps all.
BACKUP_KEEP_DAYS = env.int("BACKUP_KEEP_DAYS", default=0)
# For how many days what is kept about people beside the record is kept, by kind: `accesses=1095,mails=730`. Blank: forever.
RETENTION = env.dict("RETENTION", default={})
MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(VAR / "media"))
# Documents are stored in MEDIA_ROOT, or in a bucket: STORAGE_URL=s3://bucket/folder?endpoint_url=…&region_name=…
STORAGE_URL = env.str("STORAGE_URL", default="")
# Secret keys of age by which documents are encrypted at rest: the first encrypts, all decrypt.
DOCUMENT_KEYS = env.list("DOCUMENT_KEYS", default=[])
STORAGES = {
    "default": storage_of(STORAGE_URL, DOCUMENT_KEYS),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# --- people -------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "registry.User"
AUTHENTICATION_BACKENDS = ["registry.accounts.backends.PeopleOnly"]
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = reverse_lazy("account")
# Staff roles that need a second factor. `SECOND_FACTOR_FOR=` (blank) asks for none.
SECOND_FACTOR_FOR = env.list("SECOND_FACTOR_FOR", default=["registrar", "administrator"])
# A session that nobody uses ends after so many minutes (0: never), any session after so many hours.
SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", default=60)
SESSION_COOKIE_AGE = 3600 * env.int("SESSION_HOURS", default=24)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ACCOUNT_ADAPTER = "registry.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_UNIQUE_EMAIL = False
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = reverse_lazy("account_login")
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if BASE_URL.startswith("https://") else "http"
# Wrong passwords and codes of an account, and of an address; requests of the page to sign in.
ACCOUNT_RATE_LIMITS = {
    "login_failed": env.str("SIGN_IN_FAILURES", default="5/15m/key,60/15m/ip"),
    "login": env.str("SIGN_IN_REQUESTS", default="300/m/ip"),
}
MFA_ADAPTER = "registry.accounts.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "AI Model Compliance Registry"
MFA_TOTP_TOLERANCE = 1
# Browsers allow security keys on a machine's own address without https.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = BASE_URL.startswith("http://")
# Single sign-on by OpenID Connect: `OIDC_ROLES=registrars=registrar,gd-reviewers=reviewer:44` gives roles to groups.
OIDC_URL = env.str("OIDC_URL", default="")
OIDC_GROUPS_CLAIM = env.str("OIDC_GROUPS_CLAIM", default="groups")
OIDC_ROLES = env.dict("OIDC_ROLES", default={})
OIDC_GIVES_SECOND_FACTOR = env.bool("OIDC_GIVES_SECOND_FACTOR", default=False)
SOCIALACCOUNT_ADAPTER = "registry.accounts.oidc.SingleSignOnAdapter"
SOCIALACCOUNT_AUTO_SIGNUP = True
SOCIALACCOUNT_PROVIDERS = providers_of(OIDC_URL, env)
# A form of the workspace that was sent after its session had ended is shown again, with what was typed.
CSRF_FAILURE_VIEW = "compliance.workspace.sessions.csrf_failure"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# A correction notice has three fields for each open flag.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000

# Counts of wrong passwords and used codes are shared by all processes, and need no other service than the database.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "registry_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# --- time and languages -------------------------------------------------------------------------------------
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [ROOT / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]

# --- files and mail -----------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [ROOT / "static"]
WHITENOISE_USE_FINDERS = True
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("EMAIL_FROM", default="registry@localhost")

# --- jobs ---------------------------------------------------------------------------------------------------
REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
CELERY_BROKER_URL = REDIS_URL
REDIS_KEY_PREFIX = env.str("REDIS_KEY_PREFIX", default="registry:")
# A worker holds the filings it leased for checking for this long; then another worker may take them.
CHECK_LEASE_SECONDS = env.int("CHECK_LEASE_SECONDS", default=60)
# Number of filings that are checked in one task and one transaction.
CHECK_CHUNK = env.int("CHECK_CHUNK", default=500)
# A worker holds a part of an import for this long, and prolongs it while it works.
IMPORT_LEASE_SECONDS = env.int("IMPORT_LEASE_SECONDS", default=60)
# A report that takes longer to write fails, and can be written again.
REPORT_SECONDS = env.int("REPORT_SECONDS", default=900)
# The files of a report are attached to its mail up to this size together; larger ones are links, which end.
REPORT_ATTACHMENTS_MB = env.int("REPORT_ATTACHMENTS_MB", default=8)
REPORT_LINK_DAYS = env.int("REPORT_LINK_DAYS", default=30)
# The rows of reports are deleted after this time; the line of the run stays.
REPORT_KEEP_DAYS = env.int("REPORT_KEEP_DAYS", default=400)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Without timeouts, a hanging broker would block its clients forever. A worker waits for work at most 1 s at a time.
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
    "global_keyprefix": REDIS_KEY_PREFIX,
}

# --- API ----------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["registry.api.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["compliance.api.requests.JsonBytesParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "registry.api.requests.AlwaysJsonNegotiation",
    "DEFAULT_SCHEMA_CLASS": "registry.api.description.Description",
    "EXCEPTION_HANDLER": "registry.api.problems.as_problem",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
# Requests of a token, requests without a token from an address, and unknown tokens from an address.
RATE_LIMITS = {
    "token": env.str("RATE_LIMIT_TOKEN", default="6000/minute"),
    "address": env.str("RATE_LIMIT_ADDRESS", default="600/minute"),
    "failed": env.str("RATE_LIMIT_FAILED", default="60/minute"),
}
RATE_LIMIT_STORAGE = REDIS_URL
# Number of proxies in front of the web server that add to X-Forwarded-For.
PROXIES = env.int("PROXIES", default=0)
# Webhooks may lead to addresses that are not public, and over HTTP: for tests and for receivers in the own network.
WEBHOOKS_MAY_BE_PRIVATE = env.bool("WEBHOOKS_MAY_BE_PRIVATE", default=False)
SPECTACULAR_SETTINGS = {
    "TITLE": "AI Model Compliance Registry",
    "DESCRIPTION": "Filings of AI models and services, what is missing from each, and the legal basis.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PUBLIC": True,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": False,
    # The component of the dossier is exactly the generated JSON Schema: no enums are moved out of it.
    "POSTPROCESSING_HOOKS": ["registry.api.description.complete"],
}

# --- safety -------------------------------------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BASE_URL.startswith("https://")
# Where people come by https, they are led there, and browsers remember it. Health checks of a load balancer come by http.
IS_HTTPS = BASE_URL.startswith("https://")
SECURE_SSL_REDIRECT = env.bool("SSL_REDIRECT", default=IS_HTTPS)
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=31_536_000 if IS_HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_SUBDOMAINS", default=False)
SECURE_HSTS_PRELOAD = env.bool("HSTS_PRELOAD", default=False)
# Proxies that add to X-Forwarded-For set X-Forwarded-Proto as well; without proxies a client could invent it.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXIES else None
# Subdomains and the list of browsers' makers are for the owner of the whole domain to decide on.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

# --- watching ------------------------------------------------------------------------------------------------
LOG_FORMAT = env.str("LOG_FORMAT", default=PLAIN)
LOGGING = logging_of(LOG_FORMAT, LOG_LEVEL)
# Prometheus shows this token to read /metrics. Without it, nobody reads them.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
if SENTRY_DSN := env.str("SENTRY_DSN", default=""):
    report_errors_to(SENTRY_DSN, env.str("SENTRY_ENVIRONMENT", default="production"))
