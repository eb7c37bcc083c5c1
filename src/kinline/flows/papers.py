"""Everything to read and keep (ACC-7): the letters and the statement of money of a family member, as PDF.

A thick mailbox is divided: each part is one document of bounded size, and all of them come in one ZIP that is sent
while it is made. Only reads.
"""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.utils import timezone
from django.utils.translation import get_language, gettext, override

from kinline.core.money import dollars
from kinline.core.parties import FAMILY, Party
from kinline.design import wording
from kinline.design.documents import pdf
from kinline.design.letters import paragraphs
from kinline.flows import statements
from kinline.flows.limiting import count_try
from kinline.identity.models import User
from kinline.messaging import queries as messages
from kinline.payments import statement_wording as words
from kinline.payments.queries import given
from kinline.payments.queries import statements as books

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

PART_LETTERS, PART_CHARACTERS = 400, 1_500_000  # 1.6 s and 2 MB
MONEY_LINES, GIVEN_LINES = 5_000, 1_000


@dataclass(frozen=True, slots=True)
class File:
    """What a browser saves: `name` without the person's, `pieces` made while they are sent."""

    name: str
    kind: str
    pieces: Iterator[bytes]


def letters(user: User, now: datetime) -> File:
    """Every letter in the person's mailbox, oldest first: one PDF, or a ZIP of several.

    Raises TooOften, and `pdf.NotTypeset` when the first of them cannot be made.
    """
    count_try("papers", user.pk, now)
    parts = _parts(messages.export(Party(FAMILY, user.pk)))
    making = _Making(user.name, get_language() or "en", now)
    first, second = next(parts, []), next(parts, None)
    if second is None:
        return File("letters.pdf", "application/pdf", iter([making.letters(first, 0)]))
    made = making.letters(first, 1)
    return File("letters.zip", "application/zip", _zipped(making, made, chain([second], parts)))


def _parts(every: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    part: list[dict[str, Any]] = []
    size = 0
    for one in every:
        length = len(one["text"] or "")
        if part and (len(part) == PART_LETTERS or size + length > PART_CHARACTERS):
            yield part
            part, size = [], 0
        part.append(one)
        size += length
    if part:
        yield part


@dataclass(frozen=True, slots=True)
class _Making:
    """For whom, in which language and when: a response is sent when the request's language is gone."""

    owner: str
    language: str
    now: datetime

    def letters(self, part: list[dict[str, Any]], number: int) -> bytes:
        """`number`: of several; 0 if there is only one."""
        with override(self.language):
            title = gettext("Your letters")
            if number:
                title = gettext("Your letters, part %(number)s") % {"number": number}
            data = {
                "facts": _facts(self.owner, self.now),
                "notes": [
                    gettext("A picture that our fonts do not have is named in brackets, a letter that they do not have "
                            "is a box. The file with all your data (JSON) has every character.")
                ] + ([] if part else [gettext("You have no letters.")]),
                "letters": [_letter(one) for one in part],
                "foot": f"Kinline · {title}",
            }  # fmt: skip
            return pdf.make("letters", data, title=title, language=self.language[:2], at=self.now)


def _facts(owner: str, now: datetime) -> list[list[str]]:
    return [[gettext("For"), owner], [gettext("Made"), _moment(now)]]


def _moment(at: datetime | str) -> str:
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    return wording.full_moment(moment, timezone.get_current_timezone())


def _letter(one: dict[str, Any]) -> dict[str, Any]:
    mine = one["direction"] == "sent"
    title = gettext("To %(name)s") if mine else gettext("From %(name)s")
    notes = [_moment(one["sent_at"])]
    if one["subject"]:
        notes.append(gettext("About: %(subject)s") % {"subject": one["subject"]})
    if one.get("closed"):
        notes.append(gettext("Confidential. It cannot be opened at this moment, and nothing of it is lost."))
    elif one["text"] is None:
        notes.append(gettext("This letter was sent collect and is not opened."))
    elif one["delivered_at"]:
        notes.append(gettext("Delivered %(moment)s") % {"moment": _moment(one["delivered_at"])})
    else:
        notes.append(gettext("Not delivered"))
    return {
        "title": title % {"name": words.isolated(one["with"])},
        "notes": notes,
        "paragraphs": paragraphs(one["text"] or ""),
    }


class _Pipe(io.RawIOBase):
    """What the ZIP writes, until it is sent. It cannot go back, so the ZIP does not try to."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def write(self, piece: "ReadableBuffer", /) -> int:
        self.pieces.append(bytes(piece))
        return len(self.pieces[-1])

    def take(self) -> bytes:
        taken, self.pieces = b"".join(self.pieces), []
        return taken


def _zipped(making: _Making, first: bytes, parts: Iterable[list[dict[str, Any]]]) -> Iterator[bytes]:
    pipe = _Pipe()
    with ZipFile(pipe, "w") as bundle:
        _add(bundle, "letters-001.pdf", first, making.now)
        yield pipe.take()
        for number, part in enumerate(parts, start=2):
            try:
                _add(bundle, f"letters-{number:03}.pdf", making.letters(part, number), making.now)
            except pdf.NotTypeset:
                _add(bundle, f"letters-{number:03}.txt", _as_text(part), making.now)
            yield pipe.take()
    yield pipe.take()


def _add(bundle: ZipFile, name: str, content: bytes, now: datetime) -> None:
    info = ZipInfo(name, timezone.localtime(now).timetuple()[:6])
    bundle.writestr(info, content, ZIP_STORED if name.endswith(".pdf") else ZIP_DEFLATED)


def _as_text(part: list[dict[str, Any]]) -> bytes:
    """The same letters as they were typed: should a document fail, nothing is missing."""
    said = [
        f"{one['sent_at']} {one['direction']} {one['with']}\n{one['subject'] or ''}\n\n{one['text'] or ''}"
        for one in part
    ]
    return ("\n\n" + "-" * 60 + "\n\n").join(said).encode()


def money(user: User, now: datetime) -> File:
    """The statement of all money: each balance of the person by month, newest first, and what they gave to others.

    Raises TooOften, `pdf.NotTypeset`.
    """
    count_try("papers", user.pk, now)
    party, title = Party(FAMILY, user.pk), gettext("Statement of your money")
    parts = [part for account in books.accounts_of(party) for part in _months(party, account)]
    data = {
        "facts": _facts(user.name, now),
        "parts": [*parts, *_given(user.pk)],
        "notes": [statements.clock_note(), *([] if parts else [gettext("Nothing was added or paid yet.")])],
        "foot": f"Kinline · {title}",
    }
    made = pdf.make("statement", data, title=title, language=(get_language() or "en")[:2], at=now)
    return File("money.pdf", "application/pdf", iter([made]))


def _months(party: Party, account: books.Account) -> Iterator[dict[str, object]]:
    left = MONEY_LINES
    for of in books.months(account):
        left -= of.lines
        if left < 0:
            earlier = gettext("Earlier months are under Monthly statements, each as PDF and CSV.")
            yield {"title": words.account(account), "notes": [earlier], "head": [], "rows": []}
            return
        yield statements.part_of(party, account, of)


def _given(user_id: int) -> list[dict[str, object]]:
    lines = given.given(user_id, size=GIVEN_LINES).rows
    if not lines:
        return []
    head = [gettext("Day"), gettext("For whom"), gettext("Amount"), gettext("Came back")]
    return [
        {"title": gettext("What you gave to others"), "notes": [], "head": head, "rows": [_gift(one) for one in lines]}
    ]


def _gift(one: given.Given) -> list[str]:
    what = " · ".join((words.whose(one.whose), str(words.METHODS.get(one.method, "")), one.receipt))
    return [_moment(one.at), what, dollars(one.cents), dollars(one.back_cents)]
