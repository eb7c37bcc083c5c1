from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from kinline.facilities.models import Facility


class Kind(models.TextChoices):
    FAMILY = "family"
    STAFF = "staff"


class User(AbstractBaseUser):
    """A person who signs in. Family and staff are separate sign-ins; one email may have one of each (STF-1)."""

    kind = models.CharField(max_length=10, choices=Kind, default=Kind.FAMILY)
    username = models.CharField(max_length=30)
    email = models.CharField(max_length=254)
    first_name = models.CharField(max_length=80)
    last_name = models.CharField(max_length=80)
    address_line1 = models.CharField(max_length=120, blank=True)
    address_line2 = models.CharField(max_length=120, blank=True)
    city = models.CharField(max_length=80, blank=True)
    region = models.CharField(max_length=80, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    date_of_birth = models.DateField(null=True, blank=True)
    gender = models.CharField(max_length=20, blank=True)
    gender_self = models.CharField(max_length=60, blank=True)
    language = models.CharField(max_length=5, default="en")
    notify_by_email = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    activated_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # Of staff only (rules C6): when they last came in; when they were told that the account is about to be stopped;
    # since when it is.
    last_in_at = models.DateTimeField(null=True, blank=True)
    idle_told_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    # Only because AbstractBaseUser asks for one; accounts are made by flows.
    objects = BaseUserManager["User"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("username"), name="username_without_case"),
            # Only a proved address is anybody's. Accounts that wait for activation may share one: so a sign-up with an
            # email in use is the same insert as any other, and tells nothing (ACC-3). The first to activate has it.
            models.UniqueConstraint(
                Lower("email"),
                "kind",
                condition=Q(closed_at=None, activated_at__isnull=False),
                name="email_without_case",
            ),
        ]
        indexes = [models.Index(Lower("email"), name="user_by_email")]

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class Purpose(models.TextChoices):
    ACTIVATE = "activate"
    RESET = "reset"
    CHANGE_EMAIL = "change_email"
    INVITE = "invite"


class OneTimeCode(models.Model):
    """A link and a typed code that travel in one email. Only HMAC digests are kept; one use (ACC-4, ACC-5)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="one_time_codes")
    purpose = models.CharField(max_length=20, choices=Purpose)
    token_digest = models.BinaryField(max_length=32, unique=True)
    code_digest = models.BinaryField(max_length=32)
    new_email = models.CharField(max_length=254, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    wrong_tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "purpose"], condition=Q(used_at=None, voided_at=None), name="one_live_code"
            )
        ]


class Attempt(models.Model):
    """One try at something that is limited: signing in, asking for a code, searching. Kept for a day.

    `key` says who or where from: `login:user:<id>`, `login:ip:<address>`, `search:<id>` … as a digest.
    """

    id = models.BigAutoField(primary_key=True)
    key = models.BinaryField(max_length=32)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["key", "at"], name="attempt_by_key")]


class Terms(models.Model):
    """One version of the Terms of Service. The newest not in the future is shown and must be accepted."""

    version = models.CharField(max_length=20, unique=True)
    text = models.TextField()
    text_es = models.TextField(blank=True)
    effective_from = models.DateTimeField()


class TermsAcceptance(models.Model):
    user = models.ForeignKey(User, models.CASCADE, related_name="terms_accepted")
    terms = models.ForeignKey(Terms, models.PROTECT)
    at = models.DateTimeField()
    address = models.GenericIPAddressField(null=True)


class Closure(models.Model):
    """A closed account, and what was owed to whoever had it then; `payments.PayOut` says how each part is paid.

    `paid_at`: when nothing was on its way any more; None again if something comes later. The payee's words are kept
    until then, and as long as a payment may come back (`PAYEE_KEPT_DAYS`).
    """

    user = models.OneToOneField(User, models.PROTECT, related_name="closure")
    at = models.DateTimeField()
    owed_cents = models.PositiveIntegerField()
    payee_name = models.CharField(max_length=161, blank=True)
    payee_email = models.CharField(max_length=254, blank=True)
    payee_address = models.TextField(blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)


class Session(AbstractBaseSession):
    """A signed-in (or not yet signed-in) browser, with what its owner needs to recognise and end it (ACC-7)."""

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="web_sessions")
    created_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    agent = models.CharField(max_length=200, blank=True)
    address = models.GenericIPAddressField(null=True)


class Role(models.TextChoices):
    """STF-1's roles. What each may do is the one table in `permissions.py`."""

    MAILROOM = "mailroom"
    REVIEWER = "reviewer"
    SUPERVISOR = "supervisor"
    INVESTIGATOR = "investigator"
    FINANCE = "finance"
    FACILITY_ADMIN = "facility_admin"
    AGENCY_ADMIN = "agency_admin"
    AUDITOR = "auditor"
    OMBUDSPERSON = "ombudsperson"


class StaffRole(models.Model):
    """One grant: a role at one facility, from–until."""

    user = models.ForeignKey(User, models.PROTECT, related_name="roles")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="staff_roles")
    role = models.CharField(max_length=20, choices=Role)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)


class SecondFactor(models.Model):
    """What somebody has beside the password to sign in to the staff face (ACC-7, STF-1): an authenticator app,
    passkeys, or both, and recovery codes. There is a row once the first of them has worked.

    The secret of the app is nowhere in the database: it follows from `salt` and a key that is kept outside
    (`services.second_factor`). `confirmed_at`: since when there is an app; None: there is none. `last_step`: the newest
    half-minute whose code was used; none up to it works again.
    """

    user = models.OneToOneField(User, models.CASCADE, related_name="second_factor")
    salt = models.BinaryField(max_length=20)
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField()


class RecoveryCode(models.Model):
    """One way in without app and passkey, once. Only an HMAC digest is kept."""

    factor = models.ForeignKey(SecondFactor, models.CASCADE, related_name="recovery_codes")
    digest = models.BinaryField(max_length=32)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["factor", "digest"], name="recovery_code_once")]


class Passkey(models.Model):
    """The public half of a key that a phone, a computer or a security key keeps and never gives away (WebAuthn 2).

    `sign_count` only grows, where the device counts at all. `stopped_at`: it went back, so there is a copy of the key
    somewhere; nobody signs in by it any more.
    """

    factor = models.ForeignKey(SecondFactor, models.CASCADE, related_name="passkeys")
    name = models.CharField(max_length=60)
    credential_id = models.BinaryField(max_length=1023, unique=True)
    public_key = models.BinaryField(max_length=2048)
    sign_count = models.BigIntegerField()
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)


class Challenge(models.Model):
    """What a passkey is to sign: by this person, for this purpose, once, soon. The row goes with its first use."""

    user = models.ForeignKey(User, models.CASCADE, related_name="challenges")
    purpose = models.CharField(max_length=10)
    value = models.BinaryField(max_length=64)
    expires_at = models.DateTimeField()


class SignInLock(models.Model):
    """Five wrong tries within 15 minutes: no further one is looked at until somebody opens it again (rules C3).

    `key` as in `Attempt`. `user` is None for a name that nobody has: it looks the same from outside.
    """

    key = models.BinaryField(max_length=32, unique=True)
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sign_in_locks")
    at = models.DateTimeField()


class ReportKey(models.Model):
    """By which another program reads the reports of one place, as its holder may (STF-7). Only a digest is kept.

    It opens nothing once `ends_at` has come, somebody ended it, or its holder's role there has ended.
    """

    facility = models.ForeignKey("facilities.Facility", models.CASCADE, related_name="report_keys")
    holder = models.ForeignKey(User, models.CASCADE, related_name="report_keys")
    name = models.CharField(max_length=60)
    digest = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
