"""Who has given the right password in this browser, and not the second factor yet (STF-1)."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.http import HttpRequest

from kinline.identity import access, queries
from kinline.identity.services import second_factor

if TYPE_CHECKING:
    from kinline.identity.models import SecondFactor, User

LIFE = timedelta(minutes=10)
_HALF = "staff_half"  # session: who, when, and a mark that ends with the password


def begin(request: HttpRequest, user: "User", now: datetime) -> None:
    request.session.cycle_key()
    mark = user.get_session_auth_hash()
    request.session.set_expiry(access.KEPT_SECONDS)
    salt = second_factor.new_salt().hex()  # of the app, if this sign-in is to set one up
    request.session[_HALF] = {"user": user.pk, "at": now.timestamp(), "mark": mark, "salt": salt}


def who(request: HttpRequest, now: datetime) -> "User | None":
    """None: nobody, or more than ten minutes ago, or the password was changed since."""
    half = request.session.get(_HALF)
    if not half or now.timestamp() - half["at"] > LIFE.total_seconds():
        return None
    user = queries.staff_by_id(half["user"])
    return user if user is not None and user.get_session_auth_hash() == half["mark"] else None


def planned_app(request: HttpRequest, user: "User") -> "SecondFactor":
    """The app that this sign-in may set up."""
    return second_factor.planned(user.pk, bytes.fromhex(request.session[_HALF]["salt"]))


def end(request: HttpRequest) -> None:
    request.session.pop(_HALF, None)
