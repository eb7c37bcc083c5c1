"""Settings, all from the environment; the defaults are those of a newcomer's demo.

KINLINE_DATA            data directory (default: <repository>/.kinline)
KINLINE_RECORDINGS      where recordings of calls lie (default: recordings/ in the data directory)
DATABASE_URL            postgresql://user:password@host:port/name (socket: postgresql:///name?host=/dir)
KINLINE_SECRET_KEY      signs sessions and one-time codes
KINLINE_PIN_PEPPER      keys PIN hashes; kept outside the database
KINLINE_PRIVILEGED_KEY, KINLINE_PRIVILEGED_KEY_FILE  seals letters with verified attorneys (DEL-7), or where it lies
KINLINE_PRIVILEGED_OLD_KEYS  keys of before, parted by spaces: they open, and seal nothing
KINLINE_WITHOUT_PRIVILEGED_KEY=1  this process has none of them, wherever they lie: for the staff face
KINLINE_BANNED_PASSWORDS  a file of stolen passwords, one a line; nobody chooses one of them
KINLINE_BASE_URL        how people reach us, e.g. https://letters.example.org
KINLINE_SMTP_URL        smtp://user:password@host:port, smtps://…, or smtp+starttls://…
KINLINE_MAIL_FROM       sender address
KINLINE_DEMO=1          demo: test credits, /dev/mail/
KINLINE_TIME_ZONE, KINLINE_COUNTRY, KINLINE_MINIMUM_AGE, KINLINE_OPTIONAL_FIELDS
KINLINE_RELEASE_REFUND_HOURS, KINLINE_GIFT_UNDO_HOURS, KINLINE_INACTIVE_DAYS, KINLINE_REMINDER_DAYS,
KINLINE_PAYEE_KEPT_DAYS  when money goes back by itself, and how long a payee's address is kept (MON-6)
KINLINE_DEPOSIT_LIMIT_CENTS  the most that one deposit may be (default 50000, at least 5000)
KINLINE_STRIPE_KEY      secret key of the card processor; without it there are no payments by card
KINLINE_STRIPE_WEBHOOK_SECRET  proves that its events are its own
KINLINE_STRIPE_API, KINLINE_STRIPE_PAGE  where it is asked, and where its pages are, if not at its own addresses
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parents[3]
PACKAGE = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("KINLINE_DATA") or ROOT / ".kinline")
RECORDINGS = Path(os.environ.get("KINLINE_RECORDINGS") or DATA / "recordings")  # of calls, where a place records
DEMO = os.environ.get("KINLINE_DEMO") == "1"
DEBUG = False


def _secret(name: str) -> str:
    """A secret from the environment. Outside a demo or a test, its absence is an error, never a default."""
    value = os.environ.get(name, "")
    if value:
        return value
    if os.environ.get("KINLINE_ALLOW_TEST_SECRETS") == "1" or "PYTEST_VERSION" in os.environ:
        return f"only-for-tests-{name}"
    if os.environ.get("KINLINE_NEEDS_SECRETS") == "1":
        raise ImproperlyConfigured(f"{name} is not set. Put a long random value into the environment.")
    return os.urandom(32).hex()


SECRET_KEY = _secret("KINLINE_SECRET_KEY")
PIN_PEPPER = _secret("KINLINE_PIN_PEPPER")


def _privileged_keys() -> tuple[str, ...]:
    """The key that seals, then those that only open. Empty: this process can neither seal nor open (DEL-7)."""
    if os.environ.get("KINLINE_WITHOUT_PRIVILEGED_KEY") == "1":
        return ()
    file = os.environ.get("KINLINE_PRIVILEGED_KEY_FILE", "")
    key = Path(file).read_text().strip() if file else os.environ.get("KINLINE_PRIVILEGED_KEY", "")
    if not key:
        return ()
    keys = (key, *os.environ.get("KINLINE_PRIVILEGED_OLD_KEYS", "").split())
    if any(len(one) < 32 for one in keys):
        raise ImproperlyConfigured("KINLINE_PRIVILEGED_KEY must be a random value of at least 32 characters.")
    return keys


PRIVILEGED_KEYS = _privileged_keys()
BASE_URL = os.environ.get("KINLINE_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
SECURE = BASE_URL.startswith("https://")
ALLOWED_HOSTS = os.environ.get("KINLINE_ALLOWED_HOSTS", "").split() or (
    [urlsplit(BASE_URL).hostname or "localhost"] if SECURE else ["*"]
)
CSRF_TRUSTED_ORIGINS = [BASE_URL] if SECURE else []
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if os.environ.get("KINLINE_BEHIND_PROXY") == "1" else None
SECURE_SSL_REDIRECT = False  # the proxy's task; a health check comes in plain
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0

# Ours before Django's, so that our templates and commands win.
INSTALLED_APPS = [
    "kinline.core",
    "kinline.ledger",
    "kinline.facilities",
    "kinline.design",
    "kinline.identity",
    "kinline.residents",
    "kinline.contacts",
    "kinline.delivery",
    "kinline.messaging",
    "kinline.notices",
    "kinline.payments",
    "kinline.requests",
    "kinline.telephony",
    "kinline.flows",
    "kinline.family",
    "kinline.kiosk",
    "kinline.staff",
    "kinline.api",
    "kinline.realtime",
    "kinline.ops",
    "procrastinate.contrib.django",
    "django.contrib.postgres",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "kinline.core.http.SecurityHeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "kinline.identity.middleware.FaceSessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "kinline.identity.middleware.WhoMiddleware",
    "kinline.identity.middleware.SignedInMiddleware",
    "kinline.kiosk.middleware.KioskMiddleware",
    "kinline.staff.middleware.StaffMiddleware",
    "kinline.design.flash.FlashMiddleware",
]

ROOT_URLCONF = "kinline.project.urls"
WSGI_APPLICATION = "kinline.project.wsgi.application"
ASGI_APPLICATION = "kinline.project.asgi.app"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "kinline.design.context.page",
                "kinline.staff.context.page",
            ],
            "builtins": ["kinline.design.templatetags.kinline"],
        },
    }
]

_KINDS = {"postgresql", "postgres"}


def _database(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme not in _KINDS:
        raise ImproperlyConfigured("DATABASE_URL must start with postgresql://. Kinline runs on PostgreSQL only.")
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or query.pop("port", "")),
        # A lock that is not had in five seconds is a clear error, not a page that hangs (style.md: @story).
        "OPTIONS": {
            "options": "-c lock_timeout=5s -c timezone=UTC",
            # The statements of a page and of a send are few and always the same: parsed and planned once a
            # connection. Set KINLINE_PREPARE=0 behind a pooler that cannot keep them.
            **(
                {}
                if os.environ.get("KINLINE_PREPARE") == "0"
                else {"server_side_binding": True, "prepare_threshold": 3}
            ),
            **(
                {"pool": {"min_size": 1, "max_size": 12, "timeout": 10}}
                if os.environ.get("KINLINE_POOL") == "1"
                else {}
            ),
            **query,
        },
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,  # the pool looks before it lends: after a restart of the database no page fails
    }


DATABASES = {"default": _database(os.environ.get("DATABASE_URL", "postgresql:///kinline"))}

AUTH_USER_MODEL = "identity.User"
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # usernames are unique without regard to case, by a constraint of their own
AUTHENTICATION_BACKENDS = ["kinline.identity.backends.FaceBackend"]
PASSWORD_HASHERS = ["kinline.identity.hashers.Argon2"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "kinline.identity.banned.BannedPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {
            "user_attributes": ("username", "first_name", "last_name", "email", "city", "address_line1"),
            "max_similarity": 0.7,
        },
    },
]
BANNED_PASSWORDS = os.environ.get("KINLINE_BANNED_PASSWORDS", "")
LOGIN_URL = "/login/"

SESSION_ENGINE = "kinline.identity.sessions"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
FACE_COOKIES = {"/staff/": "kinline_staff", "/": "kinline_family"}
KIOSK_DEVICE_COOKIE = "kinline_kiosk_device"
KIOSK_SESSION_COOKIE = "kinline_kiosk"
CSRF_COOKIE_NAME = "kinline_csrf"
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = False
CSRF_FAILURE_VIEW = "kinline.design.errors.csrf_failure"
LANGUAGE_COOKIE_NAME = "kinline_language"
SECURE_REFERRER_POLICY = "same-origin"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
LOCALE_PATHS = [PACKAGE / "design" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("KINLINE_TIME_ZONE", "America/New_York")
COUNTRY = os.environ.get("KINLINE_COUNTRY", "US")
PROVIDER = os.environ.get("KINLINE_PROVIDER", "Kinline")  # who an outside party hears that calls (F24, T6)
MINIMUM_AGE = int(os.environ.get("KINLINE_MINIMUM_AGE", "18"))
DEPOSIT_LIMIT_CENTS = int(os.environ.get("KINLINE_DEPOSIT_LIMIT_CENTS", "50000"))
if DEPOSIT_LIMIT_CENTS < 5_000:
    raise ImproperlyConfigured("KINLINE_DEPOSIT_LIMIT_CENTS may not be below 5000: a deposit of $50.00 must succeed.")
STRIPE_KEY = os.environ.get("KINLINE_STRIPE_KEY", "")
STRIPE_WEBHOOK_SECRET = os.environ.get("KINLINE_STRIPE_WEBHOOK_SECRET", "")
STRIPE_API = os.environ.get("KINLINE_STRIPE_API", "https://api.stripe.com").rstrip("/")
STRIPE_PAGE_ORIGIN = os.environ.get("KINLINE_STRIPE_PAGE", "https://checkout.stripe.com").rstrip("/")
RELEASE_REFUND_HOURS = int(os.environ.get("KINLINE_RELEASE_REFUND_HOURS", "72"))
GIFT_UNDO_HOURS = int(os.environ.get("KINLINE_GIFT_UNDO_HOURS", "24"))
INACTIVE_DAYS = int(os.environ.get("KINLINE_INACTIVE_DAYS", "180"))
if INACTIVE_DAYS < 180:
    raise ImproperlyConfigured("KINLINE_INACTIVE_DAYS may not be below 180 (47 CFR 64.6130).")
REMINDER_DAYS = tuple(sorted({int(n) for n in os.environ.get("KINLINE_REMINDER_DAYS", "60 30").split()}, reverse=True))
if any(not 0 < days < INACTIVE_DAYS for days in REMINDER_DAYS):
    raise ImproperlyConfigured("KINLINE_REMINDER_DAYS are days before KINLINE_INACTIVE_DAYS are over, such as 60 30.")
PAYEE_KEPT_DAYS = int(os.environ.get("KINLINE_PAYEE_KEPT_DAYS", "180"))  # a cheque may come back for half a year
STRIPE_STANDS_IN = bool(STRIPE_KEY) and STRIPE_API.startswith("http://")  # ops.fake_stripe: the real one has TLS
TEST_MONEY = STRIPE_STANDS_IN or STRIPE_KEY.startswith(("sk_test_", "rk_test_"))
OPTIONAL_SIGNUP_FIELDS = frozenset(os.environ.get("KINLINE_OPTIONAL_FIELDS", "").split())  # date_of_birth gender

OUTSIDE = os.environ.get("KINLINE_OUTSIDE", "")  # the sample's telephones (ops.outside): their socket

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "kinline.core.static.HashedStatic"},
}

_smtp = urlsplit(os.environ.get("KINLINE_SMTP_URL", "smtp://127.0.0.1:1025"))
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = _smtp.hostname or "127.0.0.1"
EMAIL_PORT = _smtp.port or (465 if _smtp.scheme == "smtps" else 25)
EMAIL_HOST_USER = unquote(_smtp.username or "")
EMAIL_HOST_PASSWORD = unquote(_smtp.password or "")
EMAIL_USE_SSL = _smtp.scheme == "smtps"
EMAIL_USE_TLS = _smtp.scheme == "smtp+starttls"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("KINLINE_MAIL_FROM", "Kinline <letters@kinline.example>")

DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
FILE_UPLOAD_HANDLERS = [
    "kinline.core.uploads.Bounded",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs_of_no_app"  # the one table of jobs is kinline.ops.handlers
PROCRASTINATE_ON_APP_READY = None

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"impersonal": {"()": "kinline.core.logs.formatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "impersonal"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("KINLINE_LOG_LEVEL", "WARNING")},
    "loggers": {
        "django": {"handlers": [], "propagate": True},  # not Django's own emails to administrators: they quote forms
        "mail.log": {"level": "ERROR"},  # aiosmtpd names addresses
    },
}
