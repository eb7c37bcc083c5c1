"""Passkeys of staff: asked for, added, used, taken away (ACC-7, STF-1; W3C WebAuthn level 2).

Whoever holds the device must have shown it a finger, a face or its PIN ("user verification"), so that a passkey is what
one has and what one knows or is. Steps, not verbs, as in `second_factor`: the story that counts a wrong try goes on.
The library is loaded at its first use: it takes half a second that no other start should wait for.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.crypto import salted_hmac

from kinline.identity import rules
from kinline.identity.errors import (
    CopiedPasskey,
    KnownPasskey,
    LastFactor,
    PasskeysImpossible,
    StaleChallenge,
    TooManyPasskeys,
    WrongPasskey,
)
from kinline.identity.models import Challenge, Passkey, SecondFactor, User
from kinline.identity.services import second_factor

if TYPE_CHECKING:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

LIFE = timedelta(minutes=5)
MOST = 10  # of one person
LONGEST = 20_000  # characters of an answer; those of browsers have about 1,000
ADD, SIGN_IN, AGAIN = "add", "sign_in", "again"


def site() -> tuple[str, str]:
    """(relying party's id, origin). Raises PasskeysImpossible."""
    found = rules.passkey_site(settings.BASE_URL)
    if found is None:
        raise PasskeysImpossible
    return found


def ask(*, user: User, purpose: str, now: datetime) -> tuple[int, str]:
    """(id of a new challenge, what the browser is asked as JSON). Raises PasskeysImpossible, TooManyPasskeys."""
    import webauthn

    rp_id, _origin = site()
    known = list(Passkey.objects.filter(factor__user_id=user.pk).order_by("pk"))
    if purpose == ADD and len(known) >= MOST:
        raise TooManyPasskeys(most=MOST)
    Challenge.objects.filter(expires_at__lte=now).delete()
    value = webauthn.helpers.generate_challenge()
    row = Challenge.objects.create(user=user, purpose=purpose, value=value, expires_at=now + LIFE)
    return row.pk, _creation(user, rp_id, value, known) if purpose == ADD else _request(rp_id, value, known)


def _creation(user: User, rp_id: str, value: bytes, known: list[Passkey]) -> str:
    import webauthn
    from webauthn.helpers import structs

    options = webauthn.generate_registration_options(
        rp_id=rp_id, rp_name=second_factor.ISSUER, user_name=user.username, user_id=handle(user),
        user_display_name=user.name or user.username, challenge=value, timeout=_milliseconds(),
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            user_verification=structs.UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=_named(known),
    )  # fmt: skip
    return webauthn.options_to_json(options)


def _request(rp_id: str, value: bytes, known: list[Passkey]) -> str:
    import webauthn
    from webauthn.helpers import structs

    options = webauthn.generate_authentication_options(
        rp_id=rp_id, challenge=value, timeout=_milliseconds(),
        allow_credentials=_named([one for one in known if one.stopped_at is None]),
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )  # fmt: skip
    return webauthn.options_to_json(options)


def _named(known: list[Passkey]) -> "list[PublicKeyCredentialDescriptor]":
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    return [PublicKeyCredentialDescriptor(id=bytes(one.credential_id)) for one in known]


def _milliseconds() -> int:
    return int(LIFE.total_seconds() * 1000)


def handle(user: User) -> bytes:
    """What a device knows the account by: the same for all its passkeys, and nothing about the person."""
    return salted_hmac("kinline.passkey-user", str(user.pk), algorithm="sha256").digest()


def add(*, user: User, challenge_id: int, answer: str, name: str, now: datetime) -> tuple[Passkey, list[str]]:
    """Keep the passkey that a browser made, and recovery codes if it is the first second factor (in clear this once).

    Raises StaleChallenge, WrongPasskey, KnownPasskey, PasskeysImpossible.
    """
    import webauthn

    value, (rp_id, origin) = _taken(user, challenge_id, ADD, now), site()
    made = _verified(
        lambda: webauthn.verify_registration_response(
            credential=answer[:LONGEST], expected_challenge=value, expected_rp_id=rp_id, expected_origin=origin,
            require_user_verification=True,
        )
    )  # fmt: skip
    if Passkey.objects.filter(credential_id=made.credential_id).exists():
        raise KnownPasskey
    factor, first = second_factor.begin(user_id=user.pk)
    passkey = Passkey.objects.create(
        factor=factor, name=name, credential_id=made.credential_id, public_key=made.credential_public_key,
        sign_count=made.sign_count, created_at=now,
    )  # fmt: skip
    return passkey, second_factor.recovery_codes(factor) if first else []


def use(*, user: User, challenge_id: int, answer: str, purpose: str, now: datetime) -> Passkey:
    """The person has the device and opened it. Raises StaleChallenge, WrongPasskey (also for somebody else's),
    CopiedPasskey (it is stopped then), PasskeysImpossible.
    """
    import webauthn

    value, (rp_id, origin) = _taken(user, challenge_id, purpose, now), site()
    text = answer[:LONGEST]
    given = _verified(lambda: webauthn.helpers.parse_authentication_credential_json(text))
    passkey = Passkey.objects.filter(factor__user_id=user.pk, credential_id=given.raw_id).first()
    if passkey is None:
        raise WrongPasskey
    proved = _verified(
        lambda: webauthn.verify_authentication_response(
            credential=given, expected_challenge=value, expected_rp_id=rp_id, expected_origin=origin,
            credential_public_key=bytes(passkey.public_key), require_user_verification=True,
            # Looked at below, once the signature is: else anybody could have a passkey stopped by a made-up counter.
            credential_current_sign_count=0,
        )
    )  # fmt: skip
    _count(passkey, proved.new_sign_count, now)
    return passkey


def _count(passkey: Passkey, count: int, now: datetime) -> None:
    if passkey.stopped_at is not None:
        raise CopiedPasskey
    if (count or passkey.sign_count) and count <= passkey.sign_count:
        Passkey.objects.filter(pk=passkey.pk).update(stopped_at=now)
        raise CopiedPasskey
    Passkey.objects.filter(pk=passkey.pk).update(sign_count=count, last_used_at=now)


def remove(*, factor: SecondFactor, passkey_id: int) -> str:
    """The name of the one that is gone; nothing if there was none of that person. Raises LastFactor."""
    passkey = factor.passkeys.filter(pk=passkey_id).first()
    if passkey is None:
        return ""
    others = factor.passkeys.filter(stopped_at=None).exclude(pk=passkey.pk)
    if factor.confirmed_at is None and not others.exists():
        raise LastFactor
    passkey.delete()
    return passkey.name


def _taken(user: User, challenge_id: int, purpose: str, now: datetime) -> bytes:
    """The challenge, which is gone by this: of two answers at once one is looked at. Raises StaleChallenge."""
    mine = Challenge.objects.filter(pk=challenge_id, user_id=user.pk, purpose=purpose, expires_at__gt=now)
    row = mine.first()
    if row is None or not mine.delete()[0]:
        raise StaleChallenge
    return bytes(row.value)


def _verified(look: Callable[[], Any]) -> Any:
    """What `look` finds. Whatever a stranger's bytes make the library say is a no: it parses them in several formats,
    each with failures of its own, and touches nothing of ours. Raises WrongPasskey.
    """
    try:
        return look()
    except Exception:
        raise WrongPasskey from None
