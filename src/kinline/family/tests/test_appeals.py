"""DEL-5, DEL-6 through the door: until when one may ask again, and what came of it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.utils.translation import override

from kinline.core.parties import Party
from kinline.design.wording import full_day
from kinline.facilities.models import Facility
from kinline.family.tests.conftest import Write
from kinline.family.tests.test_letters import Money, held_for_review, refused
from kinline.flows.send_email import send_email
from kinline.identity.models import User
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
