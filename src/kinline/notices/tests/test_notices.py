"""What people are told: whose notices they are, and that every kind has its sentence in both languages."""

import ast
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils.translation import override

from kinline.core.parties import FAMILY, RESIDENT, Party
from kinline.notices.emails import EMAILS
from kinline.notices.models import Notice
from kinline.notices.queries import notices_of, unread_count
from kinline.notices.services import mark_read, tell
from kinline.notices.wording import NOTICES, sentence

SRC = Path(__file__).resolve().parents[2]
PARAMS = {
    "other_name": "Maria Sample",
    "facility_name": "Sample North",
    "facility": "Sample North",
    "sent_at": "2031-03-02T17:30:00+00:00",
    "appeal_until_on": "2031-03-22",
    "due_on": "2031-03-20",
    "until_on": "2031-03-20",
    "rule": {"en": "Words that threaten", "es": "Palabras que amenazan"},
    "reason": {"en": "It threatens somebody.", "es": "Amenaza a alguien."},
    "explanation": "Second sentence.",
    "answer": "We looked at it.",
    "price_cents": 50,
    "from_at": "2031-03-02T17:30:00+00:00",
    "rate": "$0.10",
    "amount_cents": 2500,
    "refund_on": "2031-05-01",
    "number": "R-1",
    "recovered_cents": 2000,
    "again_at": "2031-03-02T17:30:00+00:00",
    "card": "Visa 4242",
    "why": {"en": "The card has expired.", "es": "La tarjeta está vencida."},
    "until_at": "2031-03-02T17:30:00+00:00",
    "told": {"en": "The water is off until noon.", "es": "No hay agua hasta el mediodía."},
    "form": {"en": "Grievance", "es": "Queja"},
    "filed_at": "2031-03-02T17:30:00+00:00",
}


def test_notices_belong_to_their_party_alone(mother, stranger, resident, now):
    told = tell(Party(FAMILY, mother.pk), "contact_approved", now, contact_id=5, other_name="Daniel Sample")
    tell(Party(RESIDENT, resident.pk), "contact_approved", now, other_name="Maria Sample")
    mine = notices_of(Party(FAMILY, mother.pk), now=now)
    assert [(one.id, one.sentence, one.unread, one.contact_id) for one in mine] == [
        (told.pk, "You and Daniel Sample can now write to each other.", True, 5)
    ]
    assert notices_of(Party(FAMILY, stranger.pk), now=now) == []
    assert [one.sentence for one in notices_of(Party(RESIDENT, resident.pk), now=now)] == [
        "You and Maria Sample can now write to each other."
    ]


def test_reading_marks_ones_own_only_and_keeps_the_first_time(mother, stranger, now):
    me, other = Party(FAMILY, mother.pk), Party(FAMILY, stranger.pk)
    first = tell(me, "password_changed", now)
    tell(me, "email_changed", now)
    theirs = tell(other, "password_changed", now)
    assert mark_read(me, now, [first.pk, theirs.pk]) == 1
    assert (unread_count(me, now), unread_count(other, now)) == (1, 1)
    assert mark_read(me, now + timedelta(hours=1)) == 1
    assert Notice.objects.get(pk=first.pk).read_at == now
    assert (unread_count(me, now), unread_count(other, now)) == (0, 1)
    assert mark_read(me, now) == 0


def test_pages_of_notices_go_back_in_time(mother, now):
    me = Party(FAMILY, mother.pk)
    ids = [tell(me, "password_changed", now).pk for _ in range(5)]
    newest = notices_of(me, now=now, size=2)
    assert [one.id for one in newest] == [ids[4], ids[3]]
    assert [one.id for one in notices_of(me, now=now, before=newest[-1].id, size=10)] == [ids[2], ids[1], ids[0]]


@pytest.mark.parametrize("kind", NOTICES)
@pytest.mark.parametrize("side", [FAMILY, RESIDENT])
def test_every_notice_is_a_whole_sentence_in_both_languages(kind, side):
    with override("en"):
        english = sentence(kind, side, PARAMS)
    with override("es"):
        spanish = sentence(kind, side, PARAMS)
    for text in (english, spanish):
        assert "%" not in text
        assert "…" not in text, "a param of this sentence has no sample in PARAMS"
    assert english != spanish


def test_params_are_written_for_people_and_a_missing_one_does_not_break_the_page(settings):
    settings.TIME_ZONE = "America/New_York"
    text = sentence("message_not_delivered", FAMILY, PARAMS)
    assert "Reason: It threatens somebody. The facility" in text
    assert "until the end of March 22, 2031." in text
    assert "March 2, 2031 at 12:30 pm" in text
    assert "50¢" in sentence("collect_waiting", FAMILY, PARAMS)
    assert "$25.00" in sentence("money_added", FAMILY, PARAMS)
    assert sentence("collect_waiting", FAMILY, {}).startswith("A letter from …")
    assert sentence("of another version", FAMILY, {}) == "Something changed on your account."


def test_a_sentence_given_by_a_person_is_never_a_pattern():
    assert "100 %(number)s" in sentence("appeal_lost", FAMILY, {"other_name": "M", "answer": "100 %(number)s"})


# Said by a variable's name at the call.
TOLD_BY_NAME = {
    "message_not_delivered", "message_to_you_not_delivered", "transfer", "release", "letters_stopped",
    "letters_go_again", "call_rates", "broadcast", "privileged_verified", "privileged_refused", "privileged_ended",
    "number_appeal_granted", "number_appeal_kept",
}  # fmt: skip
MAILED_BY_NAME = {
    "message_waiting", "collect_waiting", "review_late", "appeal_late", "staff_password_changed", "factor_changed",
}  # fmt: skip


def test_the_tables_hold_what_the_program_tells_and_mails_and_no_more():
    told, mailed = set(), set()
    for path in SRC.rglob("*.py"):
        if "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name == "tell" and len(node.args) > 1:
                    told |= _words(node.args[1])
                if name in {"tell_payee", "_tell_and_mail"}:  # both
                    kinds = {word for one in node.args[:2] for word in _words(one)}
                    told |= kinds
                    mailed |= kinds
                if name == "mail":
                    mailed |= {word for key in node.keywords if key.arg == "kind" for word in _words(key.value)}
    assert told | TOLD_BY_NAME == set(NOTICES)
    assert mailed | MAILED_BY_NAME == set(EMAILS)


def _words(node: ast.expr) -> set[str]:
    if isinstance(node, ast.IfExp):  # the kinds, not what is asked to choose between them
        return _words(node.body) | _words(node.orelse)
    found = {one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)}
    return {word for word in found if re.fullmatch(r"[a-z_]{4,}", word)}
