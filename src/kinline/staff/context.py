"""What every page of the staff face knows: the desk, and a navigation of what is open there."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kinline.staff.desk import Desk
from kinline.staff.pages import TABLE, Menu


@dataclass(frozen=True, slots=True)
class Item:
    """`here`: the value of `aria-current`, or nothing."""

    href: str
    label: str | Promise
    key: str
    here: str


def page(request: HttpRequest) -> dict[str, Any]:
    if not request.path.startswith("/staff/"):
        return {}
    desk = getattr(request, "desk", None)
    if not isinstance(desk, Desk):
        return {"desk": None, "menu": None}
    return {"desk": desk, "menu": None if desk.locked else _menu(request.path, desk)}


def _menu(path: str, desk: Desk) -> dict[str, Any]:
    money = _items("money", path, desk)
    main = _items("main", path, desk)
    in_money = path.startswith("/staff/money/")
    if money:
        main.insert(1, Item(money[0].href, _("Money"), "", "true" if in_money else ""))
    return {"main": main, "money": money, "in_money": in_money, "all": [*_items("main", path, desk), *money]}


def _items(menu: Menu, path: str, desk: Desk) -> list[Item]:
    entries = [(name, entry) for name, entry in TABLE.items() if entry.menu == menu and desk.may(entry.permission)]
    return [Item(href := reverse(name), entry.label, entry.key, _here(href, path)) for name, entry in entries]


def _here(href: str, path: str) -> str:
    """The page itself, or a page below it; `/staff/` and `/staff/money/` are above all others."""
    if href == path:
        return "page"
    return "true" if href.count("/") > 3 and path.startswith(href) else ""
