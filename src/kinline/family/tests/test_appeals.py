"""DEL-5, DEL-6 through the door: until when one may ask again, and what came of it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries

from kinline.core.parties import Party
from kinline.design.wording import full_day
from kinline.facilities.models import Facility
from kinline.family.tests.conftest import Write
from kinline.family.tests.test_letters import Money, held_for_review, refused
from kinline.flows import appeal
from kinline.flows.send_email import send_email
from kinline.identity.models import User
from kinline.messaging import queries as messages
from kinline.notices.models import Email

FAR_WEST = "Pacific/Honolulu"


@pytest.fixture
def no(north: Facility, officer: User, mother_party: Party, money: Money, from_mother: Write, now: datetime) -> int:
    """Her letter, refused by a facility whose day ends hours after the portal's."""
    north.time_zone = FAR_WEST
    north.save()
    held_for_review(north, now)
    money(mother_party, 50)
    message_id = from_mother().message_id
    refused(officer, message_id, now)
    return message_id


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_deadline_is_a_day_of_the_facility_wherever_it_is_read(
    language: str, no: int, at_home: Client, mother: User, now: datetime, mailoutbox: list[EmailMessage]
) -> None:
    mother.language = language
    mother.save()
    Email.objects.update(language=language)
    send_email(email_id=Email.objects.get(kind="message_not_delivered").pk, now=now)
    pages = [f"/messages/{no}/", f"/appeals/new/{no}/", "/notices/"]
    texts = [at_home.get(path).content.decode() for path in pages] + [str(mailoutbox[0].body)]
    with override(language):
        last = full_day(now.astimezone(ZoneInfo(FAR_WEST)).date() + timedelta(days=20))
    wanted = {"en": f"until the end of {last}", "es": f"hasta el final del {last}"}[language]
    assert [wanted in text for text in texts] == [True] * 4


def test_after_the_last_day_the_page_says_which_it_was(
    at_home: Client, north: Facility, officer: User, mother_party: Party, money: Money, from_mother: Write,
    now: datetime,
) -> None:  # fmt: skip
    then = now - timedelta(days=21)
    held_for_review(north, then)
    money(mother_party, 50)
    message_id = from_mother(at=then).message_id
    refused(officer, message_id, then)
    last = full_day(then.astimezone(ZoneInfo(north.time_zone)).date() + timedelta(days=20))
    for path in (f"/messages/{message_id}/", f"/appeals/new/{message_id}/"):
        assert f"The last day to appeal was {last}." in at_home.get(path).content.decode()
    late = at_home.post(f"/appeals/new/{message_id}/", {"text": "Please."}).content.decode()
    assert late.count(f"The last day to appeal was {last}.") == 2  # as the refusal and on the page


def test_ones_appeals_are_listed_with_how_they_stand(
    no: int, at_home: Client, elsewhere: Client, mother: User, mother_party: Party, resident_party: Party,
    supervisor: User, now: datetime,
) -> None:  # fmt: skip
    """The other side's appeal about the same letter is not in the list, nor is anything of it in a stranger's."""
    assert "No appeals." in at_home.get("/appeals/").content.decode()
    appeal_id = appeal.file(mother_party, message_id=no, text="It is about tomatoes.", now=now)
    appeal.file(resident_party, message_id=no, text="Let it come.", now=now)
    listed = at_home.get("/appeals/")
    assert [one.id for one in listed.context["appeals"]] == [appeal_id]
    assert "Another person answers by" in listed.content.decode()
    assert f'href="/appeals/{appeal_id}/"' in listed.content.decode()
    assert list(elsewhere.get("/appeals/").context["appeals"]) == []
    appeal.decide(staff=supervisor, appeal_id=appeal_id, won=False, answer="No.", now=now)
    assert "Not won: the letter stays undelivered." in at_home.get("/appeals/").content.decode()
    mother.language = "es"
    mother.save()
    assert "No ganada" in at_home.get("/appeals/").content.decode()


def test_the_list_is_one_statement(
    no: int, at_home: Client, mother_party: Party, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    appeal.file(mother_party, message_id=no, text="It is about tomatoes.", now=now)
    with django_assert_num_queries(1):
        (one,) = messages.appeals_of(mother_party)
    assert (one.message_id, one.other_name, one.outcome) == (no, "Daniel Sample", "")
