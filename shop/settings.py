"""All settings, read from the environment (and from a file ``.env`` beside manage.py).

Bad configuration stops the start with one sentence; nothing half-known is invented.
"""

import sys
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
if (BASE_DIR / ".env").exists():
    env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=False)
# mypy's plugin reads the settings as the tests do: without a shop's environment.
TESTING = not sys.modules.keys().isdisjoint({"pytest", "mypy"})

# The demo and the tests may go without a key of their own; a real shop may not.
_BUILD = len(sys.argv) > 1 and sys.argv[1] in {"collectstatic", "makemigrations", "compilemessages"}
SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    if not (DEBUG or TESTING or _BUILD):
        raise ImproperlyConfigured("SECRET_KEY is not set: a shop without DEBUG needs its own.")
    SECRET_KEY = "only-for-development-and-tests-" + "touchmark" * 4

SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"] if DEBUG or TESTING else []
)
if not ALLOWED_HOSTS and not _BUILD:
    raise ImproperlyConfigured("ALLOWED_HOSTS is empty: name the host the shop answers to.")
CSRF_TRUSTED_ORIGINS = [SITE_URL]

SHOP_NAME = env.str("SHOP_NAME", default="Touchmark")
SHOP_EMAIL = env.str("SHOP_EMAIL", default="post@example.com")
SHOP_CURRENCY = env.str("SHOP_CURRENCY", default="eur").lower()
# The tax where no rate in the admin says otherwise, in basis points (2300 = 23 %).
SHOP_TAX_BASIS_POINTS = env.int("SHOP_TAX_BASIS_POINTS", default=2300)
# Who bears what a bank takes back for good: "house", or "designer" by their part of the order.
SHOP_DISPUTE_LOSS = env.str("SHOP_DISPUTE_LOSS", default="house")
if SHOP_DISPUTE_LOSS not in {"house", "designer"}:
    raise ImproperlyConfigured('SHOP_DISPUTE_LOSS is "house" or "designer".')
# Whether makers may give money back for their own parcels.
SHOP_DESIGNERS_REFUND = env.bool("SHOP_DESIGNERS_REFUND", default=False)
if not 0 <= SHOP_TAX_BASIS_POINTS <= 10_000:
    raise ImproperlyConfigured("SHOP_TAX_BASIS_POINTS is a rate from 0 to 10000 (2300 = 23 %).")
# Whether prices contain their tax, as in Europe, or it is added, as in America.
SHOP_PRICES_INCLUDE_TAX = env.bool("SHOP_PRICES_INCLUDE_TAX", default=True)
# Whether Stripe Tax reckons it instead of the shop's own rates.
SHOP_STRIPE_TAX = env.bool("SHOP_STRIPE_TAX", default=False)
if SHOP_STRIPE_TAX and "SHOP_TAX_BASIS_POINTS" in env:
    raise ImproperlyConfigured(
        "SHOP_STRIPE_TAX and SHOP_TAX_BASIS_POINTS are both set: either Stripe reckons the tax "
        "or the shop does."
    )
SHOP_COUNTRY = env.str("SHOP_COUNTRY", default="IE").upper()
# The terms as they stand on /terms/: whoever changes them there dates them anew here. It is told
# on the page, and kept on each order that was made under them.
SHOP_TERMS_VERSION = env.str("SHOP_TERMS_VERSION", default="2026-11-26")[:20]
# How many days after its parcel has left a maker is paid: most that comes back does so before.
SHOP_PAYOUT_DAYS = env.int("SHOP_PAYOUT_DAYS", default=7)
# Whom nobody has heard of so many days after posting has their parcel.
SHOP_ARRIVED_DAYS = env.int("SHOP_ARRIVED_DAYS", default=30)
# Days to change one's mind after a piece has arrived, and whether that holds for what was made to
# order; what is engraved stays. The law of the EU asks for 14 days.
RETURN_DAYS = env.int("RETURN_DAYS", default=30)
RETURN_MADE_TO_ORDER = env.bool("RETURN_MADE_TO_ORDER", default=True)
if RETURN_DAYS < 14:
    raise ImproperlyConfigured("RETURN_DAYS is at least 14: so long the law of the EU gives.")
# So many pieces may be in baskets at once that come from one address, a household's or an office's.
HOLDS_PER_ADDRESS = env.int("HOLDS_PER_ADDRESS", default=30)
# Shows the sandbox's mails and test cards; set by ./dev demo alone.
DEMO = env.bool("TOUCHMARK_DEMO", default=False)

INSTALLED_APPS = [
    "shop.apps.ShopConfig",
    "orders.apps.OrdersConfig",
    "catalog.apps.CatalogConfig",
    "designers.apps.DesignersConfig",
    "shop.apps.WorkshopAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "anymail",
    "axes",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_tasks_db",
]

MIDDLEWARE = [
    "shop.middleware.request_log",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "shop.public_pages.middleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
    "shop.only_posted.middleware",
]
ROOT_URLCONF = "shop.urls"
WSGI_APPLICATION = "shop.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "shop.context.house",
            ],
            "builtins": ["shop.templatetags.shop"],
        },
    }
]

# --- Database -----------------------------------------------------------------------------

DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}")
}
_DATABASE = DATABASES["default"]
if _DATABASE["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE: a writer waits for its turn instead of failing half way through.
    _DATABASE["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000;"
        ),
    }
    if TESTING:  # a file, not memory: threads and processes must share it
        _DATABASE["TEST"] = {
            "NAME": env.str("TEST_SQLITE", default=str(BASE_DIR / "var/test.sqlite3"))
        }
else:
    _DATABASE["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    _DATABASE["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Cache, tasks, mail ---------------------------------------------------------------------

CACHE_URL = env.str("CACHE_URL", default="")
CACHES: dict[str, dict[str, Any]] = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": CACHE_URL}
        if CACHE_URL
        else {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "OPTIONS": {"MAX_ENTRIES": 2000},
        }
    )
}
# How long a public page may be served from memory, in seconds (0 = never kept).
PUBLIC_PAGE_SECONDS = env.int("PUBLIC_PAGE_SECONDS", default=0 if TESTING else 30)
# How old the counts beside the filters may be, in seconds.
FACETS_SECONDS = env.int("FACETS_SECONDS", default=0 if TESTING else 10)

TASKS_BACKEND = env.str("TASKS_BACKEND", default="database")
_TASK_BACKENDS = {
    "database": "django_tasks_db.DatabaseBackend",
    "rq": "shop.tasks_rq.RQBackend",
    "immediate": "django.tasks.backends.immediate.ImmediateBackend",
}
if TASKS_BACKEND not in _TASK_BACKENDS:
    raise ImproperlyConfigured("TASKS_BACKEND is one of: database, rq, immediate.")
if TASKS_BACKEND == "rq" and not CACHE_URL:
    raise ImproperlyConfigured("TASKS_BACKEND=rq needs CACHE_URL, the address of Redis.")
TASKS: dict[str, dict[str, Any]] = {"default": {"BACKEND": _TASK_BACKENDS[TASKS_BACKEND]}}

# smtp://user:password@host:587/?tls=1, file:///folder, console://, anymail+mailgun://key@domain
MAIL_URL = env.str("MAIL_URL", default=f"file://{BASE_DIR / 'var/mail'}" if DEBUG else "")
if not MAIL_URL and not (TESTING or _BUILD):
    raise ImproperlyConfigured("MAIL_URL is not set: orders must be able to send mail.")
from shop.mail import mailers_from_url  # noqa: E402  (needs nothing of the settings)

MAILERS = mailers_from_url(MAIL_URL)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"{SHOP_NAME} <{SHOP_EMAIL}>")

# --- Files ------------------------------------------------------------------------------------

# Tests that run side by side each have their own: the same people have the same files in them.
_MEDIA = f"var/test-media{env.str('PYTEST_XDIST_WORKER', default='')}" if TESTING else "media"
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(BASE_DIR / _MEDIA)))
MEDIA_URL = "/media/"
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "var/static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "shop.stylesheet.StylesheetFinder",
]
WHITENOISE_USE_FINDERS = DEBUG or TESTING
# In tests too: else every test's client reads through all static files when it begins.
WHITENOISE_AUTOREFRESH = DEBUG or TESTING

AWS_STORAGE_BUCKET_NAME = env.str("AWS_STORAGE_BUCKET_NAME", default="")
AWS_S3_CUSTOM_DOMAIN = env.str("AWS_S3_CUSTOM_DOMAIN", default="")
_S3: dict[str, Any] = {
    "bucket_name": AWS_STORAGE_BUCKET_NAME,
    "endpoint_url": env.str("AWS_S3_ENDPOINT_URL", default="") or None,
    "region_name": env.str("AWS_S3_REGION_NAME", default="") or None,
    "access_key": env.str("AWS_ACCESS_KEY_ID", default="") or None,
    "secret_key": env.str("AWS_SECRET_ACCESS_KEY", default="") or None,
    "signature_version": "s3v4",
    "file_overwrite": True,
    "addressing_style": env.str("AWS_S3_ADDRESSING_STYLE", default="path"),
}
if AWS_STORAGE_BUCKET_NAME:
    _PUBLIC: dict[str, Any] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": _S3
        | {
            "location": "public",
            "querystring_auth": False,
            "custom_domain": AWS_S3_CUSTOM_DOMAIN or None,
            "object_parameters": {"CacheControl": "public, max-age=31536000, immutable"},
        },
    }
    _PRIVATE: dict[str, Any] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": _S3
        | {"location": "private", "querystring_auth": True, "querystring_expire": 300},
    }
else:
    _PUBLIC = {
        "BACKEND": "shop.storage.WholeFileSystemStorage",
        "OPTIONS": {"location": MEDIA_ROOT / "public", "base_url": MEDIA_URL},
    }
    _PRIVATE = {
        "BACKEND": "shop.storage.PrivateFileSystemStorage",
        "OPTIONS": {"location": MEDIA_ROOT / "private"},
    }
STORAGES = {
    "default": _PUBLIC,
    "originals": _PRIVATE,
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG or TESTING
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
DATA_UPLOAD_MAX_NUMBER_FILES = 200

# --- Stripe -----------------------------------------------------------------------------------

STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", default="")
# Makers are paid through Stripe; without it the house pays them by hand.
STRIPE_CONNECT = env.bool("STRIPE_CONNECT", default=False)
# Several secrets, comma separated, while one is being rolled.
STRIPE_WEBHOOK_SECRET = env.str("STRIPE_WEBHOOK_SECRET", default="")
STRIPE_CONNECT_WEBHOOK_SECRET = env.str("STRIPE_CONNECT_WEBHOOK_SECRET", default="")
STRIPE_API_BASE = env.str("STRIPE_API_BASE", default="").rstrip("/")
if STRIPE_API_BASE and STRIPE_SECRET_KEY.startswith(("sk_live_", "rk_live_")):
    raise ImproperlyConfigured("STRIPE_API_BASE is set together with a live key: take one away.")
if not (DEBUG or TESTING or _BUILD):
    if not STRIPE_SECRET_KEY:
        raise ImproperlyConfigured("STRIPE_SECRET_KEY is not set: the shop could not be paid.")
    if not STRIPE_WEBHOOK_SECRET.strip():
        raise ImproperlyConfigured(
            "STRIPE_WEBHOOK_SECRET is blank: payments could not be told from forgeries."
        )

# --- Security ---------------------------------------------------------------------------------

_HTTPS = SITE_URL.startswith("https://")
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=_HTTPS)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^stripe/"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _HTTPS
SECURE_HSTS_PRELOAD = _HTTPS
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = CART_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"  # the preview and the demo's letters say otherwise themselves

_MEDIA_ORIGIN = f"https://{AWS_S3_CUSTOM_DOMAIN}" if AWS_S3_CUSTOM_DOMAIN else _S3["endpoint_url"]
_IMAGES = [CSP.SELF, "data:", "blob:"] + (
    [_MEDIA_ORIGIN] if AWS_STORAGE_BUCKET_NAME and _MEDIA_ORIGIN else []
)
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": _IMAGES,
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "frame-src": [CSP.SELF],
    "frame-ancestors": [CSP.SELF],
    # Their forms answer with a redirect to Stripe's page, and browsers check that too.
    "form-action": [CSP.SELF, "https://checkout.stripe.com"]
    + (["https://connect.stripe.com", "https://accounts.stripe.com"] if STRIPE_CONNECT else [])
    + ([STRIPE_API_BASE] if STRIPE_API_BASE else []),
    "base-uri": [CSP.NONE],
    "manifest-src": [CSP.SELF],
}

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "shop.views.too_many_logins"
AXES_VERBOSE = False
AXES_HTTP_RESPONSE_CODE = 429
LOGIN_URL = "admin:login"

# The second key (docs/people.md). Of allauth only what stands behind it is used: the workshop's
# login stays Django's, and there are no accounts for shoppers.
ACCOUNT_ADAPTER = "designers.keys.adapters.Accounts"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
# Tries of a code: by address, and by person, whatever the address.
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
MFA_ADAPTER = "designers.keys.adapters.Keys"
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True  # people come by a letter, so their address is known
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # telephones' clocks are half a minute off
MFA_TRUST_ENABLED = True
MFA_TRUST_COOKIE_AGE = 60 * 60 * 24 * env.int("SECOND_KEY_TRUST_DAYS", default=30)

# --- Language and time ------------------------------------------------------------------------

LANGUAGE_CODE = env.str("LANGUAGE_CODE", default="en-gb")
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
FORMAT_MODULE_PATH = ["shop.formats"]
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="Europe/Dublin")
USE_THOUSAND_SEPARATOR = True

# --- Logging: one line a request, no personal data -----------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "shop.middleware.RequestIdFilter"}},
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(request_id)s %(name)s %(message)s"}
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["request_id"],
        }
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.server": {"level": "WARNING", "handlers": ["console"], "propagate": False},
        "django.request": {"level": "ERROR"},
        "axes": {"level": "WARNING"},
        "stripe": {"level": "WARNING"},  # the SDK tells of every call
    },
}
