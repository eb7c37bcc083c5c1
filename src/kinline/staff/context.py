"""What every page of the staff face knows: the desk, and a navigation of what is open there."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise

from kinline.messaging.queries import appeals, reviews
from kinline.staff.desk import Desk
from kinline.staff.pages import GROUPS, TABLE, Menu

HOME = "/staff/"


@dataclass(frozen=True, slots=True)
class Item:
    """`here`: the value of `aria-current`, or nothing. `count`: how much waits there, for this person."""

    href: str
    label: str | Promise
    key: str
    here: str
    count: int = 0


def page(request: HttpRequest) -> dict[str, Any]:
    if not request.path.startswith("/staff/"):
        return {}
    desk = getattr(request, "desk", None)
    if not isinstance(desk, Desk):
        return {"desk": None, "menu": None}
    return {"desk": desk, "menu": None if desk.locked else _menu(request.path, desk)}


def _menu(path: str, desk: Desk) -> dict[str, Any]:
    """`main`: the first bar, each group as one entry after Home; `second`: the group that one is in, if any;
    `alone`: what stands in the first bar beside Home and the groups."""
    main, second, label = _items("main", path, desk), list[Item](), ""
    groups: list[tuple[str | Promise, list[Item]]] = []
    for menu, group in GROUPS.items():
        items = _items(menu, path, desk)
        if not items:
            continue
        inside = path.startswith(group.below)
        entry = Item(items[0].href, group.label, "", "true" if inside else "", items[0].count)
        main.insert(1 + len(groups), entry)
        groups.append((group.label, items))
        if inside:
            second, label = items, str(group.label)
    alone = _items("main", path, desk)
    everything = [*alone, *(item for _label, items in groups for item in items)]
    return {"main": main, "groups": groups, "alone": alone[1:], "second": second, "second_label": label,
            "all": everything}  # fmt: skip


def _items(menu: Menu, path: str, desk: Desk) -> list[Item]:
    entries = [(name, entry) for name, entry in TABLE.items() if entry.menu == menu and desk.may(entry.permission)]
    hrefs = {name: reverse(name) for name, _entry in entries}
    inside = max((href for href in hrefs.values() if href != HOME and path.startswith(href)), key=len, default="")
    return [
        Item(hrefs[name], entry.label, entry.key, _here(hrefs[name], path, inside), _count(name, desk))
        for name, entry in entries
    ]


# Counts always in sight (experience.md, 10): each is one small statement.
_COUNTS = {"staff_review": reviews.how_many, "staff_appeals": appeals.how_many_open}


def _count(name: str, desk: Desk) -> int:
    counter = _COUNTS.get(name)
    return counter(desk.user, [desk.place.pk]) if counter and desk.place else 0


def _here(href: str, path: str, inside: str) -> str:
    """The page itself, or the nearest one above it: what is below `/staff/` is not below Home."""
    if href == path:
        return "page"
    return "true" if href == inside else ""
