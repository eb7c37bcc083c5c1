"""Composing, drafts, and a send that is tried more than once (MSG-1, MSG-2, KSK-2, KSK-3)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from kinline.contacts.models import Contact
from kinline.core.parties import Party
from kinline.facilities import services as facilities
from kinline.ledger import chart
from kinline.ledger.queries import balance
from kinline.messaging.models import Body, Draft, Message
from kinline.residents.models import Resident, ResidentSession

JSON = {"Accept": "application/json"}


def form(**more: str) -> dict[str, str]:
    return {"subject": "Morning", "body": "The window faces east.", "key": str(uuid4()), "pay": "credits", **more}


def nothing_happened(party: Party, cents: int) -> None:
    assert not Message.objects.exists()
    assert balance(chart.messages_of(party)).available_cents == cents


@pytest.fixture
def desk(daniel: Client, contact: Contact, resident_party: Party, money) -> str:
    """The address of his desk for his mother, with three credits."""
    money(resident_party, 150)
    return f"/kiosk/write/{contact.pk}/"


def test_price_and_balance_before_sending(daniel: Client, desk: str, said) -> None:
    page = said(daniel, desk)
    assert "50¢ for this letter" in page
    assert "You have $1.50, then $1.00" in page
    assert "Send for 50¢" in page


def test_send_and_where_it_is(daniel: Client, desk: str, resident_party: Party, said) -> None:
    response = daniel.post(desk, form())
    letter = Message.objects.get()
    assert (response.status_code, response.url) == (303, f"/kiosk/letters/{letter.pk}/")
    assert letter.state == "delivered"
    assert balance(chart.messages_of(resident_party)).available_cents == 100
    page = said(daniel, response.url)
    assert "Your letter is sent and delivered." in page
    assert "The window faces east." in page
    assert "To Marta Sample" in said(daniel, "/kiosk/letters/in/sent/").replace("<bdi>", "").replace("</bdi>", "")


def test_answering(daniel: Client, desk: str, contact: Contact, money, mother_party: Party, from_mother, said) -> None:
    money(mother_party, 50)
    hers = from_mother("Water them in the evening.")
    assert f"{desk}?reply={hers.pk}" in said(daniel, f"/kiosk/letters/{hers.pk}/")
    page = said(daniel, f"{desk}?reply={hers.pk}")
    assert "Water them in the evening." in page
    assert 'value="Re: Garden"' in page
    daniel.post(desk, form(reply=str(hers.pk)))
    assert Message.objects.get(sender="resident").reply_to_id == hers.pk


@pytest.mark.parametrize("as_script", [False, True])
def test_tried_again_with_the_same_key_it_is_one_letter(
    daniel: Client, desk: str, resident_party: Party, as_script: bool
) -> None:
    typed, headers = form(), JSON if as_script else {}
    answers = [daniel.post(desk, typed, headers=headers) for _ in range(3)]
    letter = Message.objects.get()
    where = {a.json()["to"] if as_script else a.url for a in answers}
    assert where == {f"/kiosk/letters/{letter.pk}/"}
    assert balance(chart.messages_of(resident_party)).available_cents == 100


def test_the_same_key_with_another_text_is_refused_and_kept(daniel: Client, desk: str, said) -> None:
    typed = form()
    daniel.post(desk, typed)
    response = daniel.post(desk, {**typed, "body": "Another text."})
    assert response.status_code == 422
    assert "Another text." in response.content.decode()
    assert typed["key"] not in response.content.decode()
    assert Message.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "why"),
    [("", "empty"), ("   \n ", "empty"), ("\u200b\u200d\ufeff", "empty"), ("a" * 30_001, "30,001")],
    ids=["nothing", "spaces", "zero-width", "too long"],
)
def test_what_is_not_sent_is_not_lost(daniel: Client, desk: str, resident_party: Party, body: str, why: str) -> None:
    response = daniel.post(desk, form(body=body, subject="Kept"))
    text = response.content.decode()
    assert response.status_code == 422
    assert why in text
    assert 'value="Kept"' in text
    assert body.strip() in text
    nothing_happened(resident_party, 150)
    assert daniel.post(desk, form(body=body), headers=JSON).status_code == 422


@pytest.mark.parametrize(
    "typed",
    [
        "a" * 30_000,
        "%F0%9F%91%A9%E2%80%8D%F0%9F%91%A9%E2%80%8D%F0%9F%91%A7",  # one family of five code points
        "%E2%80%AE%D7%A9%D7%9C%D7%95%D7%9D",  # an override left open, then Hebrew
        "one%0D%0Atwo",
        "nul%00here",
        "half+%ED%A0%BD",  # a lone surrogate
    ],
    ids=["longest", "emoji", "right-to-left", "two lines", "NUL", "surrogate"],
)
def test_strange_letters_pass(daniel: Client, desk: str, typed: str) -> None:
    response = daniel.post(desk, f"pay=credits&body={typed}", content_type="application/x-www-form-urlencoded")
    assert response.status_code == 303
    assert "\0" not in Body.objects.get().text
    assert "\r" not in Body.objects.get().text
    assert daniel.get(response.url).status_code == 200


def test_without_money_it_goes_collect_and_says_so(daniel: Client, contact: Contact, said) -> None:
    page = said(daniel, f"/kiosk/write/{contact.pk}/")
    assert "You have less than 50¢, so this letter goes collect" in page
    response = daniel.post(f"/kiosk/write/{contact.pk}/", form(pay="collect", collect_ok="1"))
    assert "They are asked to pay for it." in said(daniel, response.url)
    assert Message.objects.get().state == "collect"


def test_the_last_credit_spent_meanwhile_is_said_not_swapped_for_collect(daniel: Client, contact: Contact) -> None:
    response = daniel.post(f"/kiosk/write/{contact.pk}/", form(pay="credits"))
    assert response.status_code == 422
    text = response.content.decode()
    assert "no message credit left" in text
    assert "The window faces east." in text
    assert "Send collect" in text
    assert not Message.objects.exists()


def test_why_somebody_cannot_be_written_to_is_said_before(daniel: Client, desk: str, contact: Contact, said) -> None:
    daniel.post(f"/kiosk/people/{contact.pk}/block/")
    page = said(daniel, desk)
    assert "You blocked Marta" in page
    assert "<textarea" not in page
    response = daniel.post(desk, form())
    assert response.status_code == 422
    assert "The window faces east." in response.content.decode()
    assert not Message.objects.exists()


class TestDrafts:
    def test_the_script_saves_every_few_seconds(self, daniel: Client, desk: str, said) -> None:
        typed = form()
        for body in ("The", "The window", "The window faces"):
            answer = daniel.post(f"{desk}draft/", {**typed, "body": body}, headers=JSON)
            assert answer.json() == {"saved": True}
        draft = Draft.objects.get()
        assert (draft.text, str(draft.client_key)) == ("The window faces", typed["key"])
        page = said(daniel, desk)
        assert "The window faces" in page
        assert typed["key"] in page
        assert "To Marta Sample" in said(daniel, "/kiosk/drafts/").replace("<bdi>", "").replace("</bdi>", "")

    def test_too_long_is_kept_too(self, daniel: Client, desk: str) -> None:
        daniel.post(f"{desk}draft/", form(body="a" * 31_000), headers=JSON)
        assert len(Draft.objects.get().text) == 31_000

    def test_an_empty_page_is_no_draft(self, daniel: Client, desk: str) -> None:
        daniel.post(f"{desk}draft/", form(), headers=JSON)
        daniel.post(f"{desk}draft/", form(subject=" ", body=""), headers=JSON)
        assert not Draft.objects.exists()

    def test_sending_ends_it_and_a_late_save_does_not_bring_it_back(self, daniel: Client, desk: str) -> None:
        typed = form()
        daniel.post(f"{desk}draft/", typed, headers=JSON)
        daniel.post(desk, typed)
        assert not Draft.objects.exists()
        assert daniel.post(f"{desk}draft/", typed, headers=JSON).status_code == 409
        assert not Draft.objects.exists()

    def test_without_script_by_a_button(self, daniel: Client, desk: str, said) -> None:
        response = daniel.post(f"{desk}draft/", form())
        assert response.status_code == 303
        assert "Your text is saved." in said(daniel, response.url)

    def test_thrown_away(self, daniel: Client, desk: str) -> None:
        daniel.post(f"{desk}draft/", form())
        assert daniel.post(f"{desk}drop/").status_code == 303
        assert not Draft.objects.exists()
        assert daniel.post(f"{desk}drop/").status_code == 404


class TestTooLate:
    """Without script a letter can be posted after its writer's time ran out (KSK-2)."""

    @pytest.fixture
    def late(self, daniel: Client, desk: str, north) -> Client:
        daniel.get(desk)
        then = ResidentSession.objects.get().last_seen_at - timedelta(seconds=north.kiosk_idle_seconds + 5)
        ResidentSession.objects.update(last_seen_at=then)
        return daniel

    @pytest.mark.parametrize("where", ["", "draft/"])
    def test_it_is_kept_as_a_draft_and_not_sent(self, late: Client, desk: str, where: str, resident: Resident) -> None:
        response = late.post(desk + where, form())
        assert (response.status_code, response.url) == (303, "/kiosk/?ended=kept")
        assert not Message.objects.exists()
        assert Draft.objects.get().text == "The window faces east."
        assert Draft.objects.get().resident_id == resident.pk
        page = late.get(response.url).content.decode()
        assert "kept in your drafts" in page
        assert "window" not in page

    def test_not_after_i_am_done(self, daniel: Client, desk: str) -> None:
        key = daniel.cookies[settings.KIOSK_SESSION_COOKIE].value
        daniel.post("/kiosk/end/")
        daniel.cookies[settings.KIOSK_SESSION_COOKIE] = key
        assert daniel.post(desk, form()).url == "/kiosk/"
        assert not Draft.objects.exists()

    def test_not_at_another_screen(self, late: Client, desk: str, kiosk_device, north) -> None:
        other = kiosk_device(north)
        other.cookies[settings.KIOSK_SESSION_COOKIE] = late.cookies[settings.KIOSK_SESSION_COOKIE].value
        assert other.post(desk, form()).url == "/kiosk/"
        assert not Draft.objects.exists()

    def test_not_after_an_hour(self, late: Client, desk: str) -> None:
        then = ResidentSession.objects.get().last_seen_at - timedelta(hours=1)
        ResidentSession.objects.update(last_seen_at=then)
        assert late.post(desk, form()).url == "/kiosk/"
        assert not Draft.objects.exists()

    def test_not_to_somebody_elses_contact(self, late: Client, contact_south: Contact) -> None:
        assert late.post(f"/kiosk/write/{contact_south.pk}/", form()).url == "/kiosk/"
        assert not Draft.objects.exists()

    def test_a_page_to_write_on_waits_longer_without_script(self, daniel: Client, desk: str) -> None:
        assert daniel.get(desk).headers["Refresh"] == "600; url=/kiosk/end/?idle"


def test_msg2_another_price_than_the_one_on_the_screen_is_asked_for_again(
    daniel: Client, desk: str, contact: Contact, resident_party: Party
) -> None:
    assert 'name="price" value="50"' in daniel.get(desk).content.decode()
    now = timezone.now()
    facilities.set_price(agency_id=contact.resident.agency_id, cents=0, effective_from=now, now=now)
    answer = daniel.post(desk, form(price="50"))
    assert answer.status_code == 422
    assert "The price of a letter has changed" in answer.content.decode()
    assert "The window faces east." in answer.content.decode()
    nothing_happened(resident_party, balance(chart.messages_of(resident_party)).posted_cents)
    assert daniel.post(desk, form(price="0")).status_code == 303
    assert Message.objects.get().price_cents == 0
