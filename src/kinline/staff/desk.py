"""Who sits at the staff face: person, place, what they may do there, and how long ago they proved to be themselves.

A session is locked after 30 idle minutes and ends after 12 hours; a locked one is opened by the password (STF-1).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from kinline.facilities import queries as facilities
from kinline.identity import access, permissions
from kinline.identity.permissions import Permission

if TYPE_CHECKING:
    from kinline.facilities.models import Facility
    from kinline.identity.models import User

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
FRESH = timedelta(minutes=10)
_SINCE, _SEEN, _PROVED, _LOCKED, _PLACE = "staff_since", "staff_seen", "staff_proved", "staff_locked", "staff_place"
# A page that asks by itself for what is new says so: nobody need sit there, so it keeps no desk open.
LOOK = "X-Kinline-Look"
_NOTE_SECONDS = 30  # the session is written at most so often for being used


@dataclass(frozen=True, slots=True)
class Desk:
    """`place` is where one works now; None: no role anywhere at this moment. `places`: all that one may choose."""

    user: "User"
    place: "Facility | None"
    places: tuple["Facility", ...]
    rights: dict[int, frozenset[Permission]]
    locked: bool
    fresh: bool
    now: datetime

    @property
    def at(self) -> "Facility":
        """Where one works now: of pages behind a permission, which nobody has without a place."""
        if self.place is None:
            raise PermissionDenied
        return self.place

    def may(self, permission: Permission | None) -> bool:
        """At the place where one works now."""
        rights = self.rights.get(self.place.pk) if self.place else None
        return rights is not None and (permission is None or permission in rights)

    def ids(self, permission: Permission) -> list[int]:
        """The places where one may do this, to be given to a query first."""
        return [place.pk for place in self.places if permission in self.rights[place.pk]]


def sit_down(request: HttpRequest, user: "User", now: datetime) -> None:
    """Both factors are proved."""
    access.sign_in(request, user)
    request.session.set_expiry(LONGEST)
    request.session.update({_SINCE: now.timestamp(), _SEEN: now.timestamp(), _PROVED: now.timestamp()})
    request.session.pop(_LOCKED, None)


def prove(request: HttpRequest, now: datetime) -> None:
    """The password was given again."""
    request.session.update({_SEEN: now.timestamp(), _PROVED: now.timestamp()})
    request.session.pop(_LOCKED, None)


def choose_place(request: HttpRequest, place_id: int) -> None:
    request.session[_PLACE] = place_id


def take(request: HttpRequest, now: datetime) -> Desk | None:
    """The desk of this request; None when nobody is signed in. Notes that it is used, or that it was left too long."""
    user = request.user
    if not access.is_staff(user):
        return None
    session = request.session
    since, seen = session.get(_SINCE, 0), session.get(_SEEN, 0)
    if now.timestamp() - since > LONGEST.total_seconds():
        access.sign_out(request)
        return None
    if now.timestamp() - seen > IDLE.total_seconds():
        session[_LOCKED] = True
    locked = bool(session.get(_LOCKED))
    if not locked and now.timestamp() - seen > _NOTE_SECONDS and LOOK not in request.headers:
        session[_SEEN] = now.timestamp()
    return _desk(user, session.get(_PLACE), locked, now.timestamp() - session.get(_PROVED, 0), now)


def _desk(user: "User", chosen: int | None, locked: bool, proved_seconds: float, now: datetime) -> Desk:
    rights = permissions.places_of(user, now)
    places = facilities.facilities_by_id(list(rights))
    place = next((one for one in places if one.pk == chosen), places[0] if places else None)
    return Desk(user, place, tuple(places), rights, locked, proved_seconds <= FRESH.total_seconds(), now)


def desk_of(request: HttpRequest) -> Desk:
    """The desk of a page that the middleware has opened."""
    desk = getattr(request, "desk", None)
    if not isinstance(desk, Desk):
        raise PermissionDenied
    return desk


def here(request: HttpRequest) -> "tuple[Desk, Facility]":
    """The desk and its place."""
    desk = desk_of(request)
    if desk.place is None:
        raise PermissionDenied
    return desk, desk.place
