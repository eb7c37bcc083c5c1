"""The folders of a mailbox and what can be done with ticked letters. Tables."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from kinline.core.parties import Party
from kinline.family.forms import ids_of
from kinline.flows import mailbox


class Folder(NamedTuple):
    """`acts`: what the buttons under its list do. `empty`: said when nothing is in it."""

    label: str | Promise
    acts: tuple[str, ...]
    empty: str | Promise


FOLDERS: dict[str, Folder] = {
    "inbox": Folder(_("Inbox"), ("archive", "remove"), _("No letters here. When one comes, this is where it is.")),
    "sent": Folder(_("Sent"), ("archive", "remove"), _("Letters that you send are kept here.")),
    "archive": Folder(_("Archive"), ("unarchive", "remove"), _("Letters that you put away are kept here.")),
    "removed": Folder(_("Removed"), ("restore",), _("Nothing here. Removed letters stay here for 30 days.")),
}


def _archive(party: Party, ids: Sequence[int], *, now: datetime) -> int:
    return mailbox.archive(party, ids)


def _unarchive(party: Party, ids: Sequence[int], *, now: datetime) -> int:
    return mailbox.unarchive(party, ids)


class Act(NamedTuple):
    """`said`: what happened, by how many letters. `opposite`: the act that undoes it, offered at once."""

    label: str | Promise
    flow: Callable[..., int]
    said: Callable[[int], str]
    opposite: str


ACTS: dict[str, Act] = {
    "archive": Act(
        pgettext_lazy("button", "Archive"),
        _archive,
        lambda n: ngettext("Moved to your archive.", "%(n)s letters moved to your archive.", n) % {"n": n},
        "unarchive",
    ),
    "unarchive": Act(
        _("Move back"),
        _unarchive,
        lambda n: ngettext("Moved back.", "%(n)s letters moved back.", n) % {"n": n},
        "archive",
    ),
    "remove": Act(
        _("Remove"),
        mailbox.remove,
        lambda n: (
            ngettext(
                "Removed. You can bring it back for 30 days.",
                "%(n)s letters removed. You can bring them back for 30 days.",
                n,
            )
            % {"n": n}
        ),
        "restore",
    ),
    "restore": Act(
        _("Bring back"),
        mailbox.restore,
        lambda n: ngettext("Brought back.", "%(n)s letters brought back.", n) % {"n": n},
        "",
    ),
}


def tidied(act: Act, ids: Sequence[int]) -> dict[str, str]:
    """The part of the next page's address that offers to undo `act`."""
    return {"undo": act.opposite, "ids": "-".join(map(str, ids))} if act.opposite else {}


def undo_of(request: HttpRequest) -> dict[str, Any] | None:
    """The undo that the address offers; None when it offers none."""
    act, ids = request.GET.get("undo", ""), ids_of(request.GET.get("ids", "").split("-"))
    return {"act": act, "ids": ids} if act in ACTS and ids else None
