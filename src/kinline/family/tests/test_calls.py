"""Calls on the family's pages, through the door: list, block, note, prices for everybody (TEL-5, T5, TEL-13, MON-9)."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.calls.line import NUMBER, PPC, Line, codes

from kinline.contacts.models import Contact
from kinline.facilities.models import Facility
from kinline.flows import numbers, speak_code, tell_call
from kinline.identity.models import User
from kinline.payments.services.numbers import code_to_speak
from kinline.residents.models import Resident
from kinline.telephony.models import (
    CallLimits,
    CallMe,
    CallRate,
    LineHours,
    NumberBlock,
    Population,
    RateCap,
    RatePlan,
    TelephoneSettings,
    Termination,
)


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


@pytest.fixture
def listed(mother: User, now: datetime) -> int:
    return numbers.list_number(mother, number=NUMBER, label="Kitchen", now=now)


@pytest.fixture
def proved(mother: User, listed: int, now: datetime) -> int:
    code = numbers.ask_code(mother, listed_id=listed, now=now)
    assert code is not None
    assert numbers.prove(mother, listed_id=listed, code=code_to_speak(code), now=now)
    return listed


# A number


def test_a_number_that_is_mine_shows_what_it_buys_and_its_calls(
    at_home: Client, contact: Contact, resident: Resident, line: Line, proved: int
) -> None:
    line.put(PPC, 1000)
    line.talk(resident, 125)
    page = words(at_home.get(f"/phone/{proved}/"))
    assert "$9.78 for calls" in page
    assert "$0.11 a minute, by the second" in page
    assert "88 minutes" in page
    assert "Daniel Sample" in page
    assert "2 minutes 5 seconds" in page
    assert "The caller hung up · Paid from this number · of it $0.04 for the facility" in page
    assert f'href="/phone/{proved}/calls/"' in page
    every = words(at_home.get(f"/phone/{proved}/calls/"))
    assert "Daniel Sample" in every
    assert f'href="/phone/{proved}/calls.csv"' in every


def test_a_number_without_calls_says_so(at_home: Client, contact: Contact, line: Line, proved: int) -> None:
    for where in (f"/phone/{proved}/", f"/phone/{proved}/calls/"):
        assert "No calls yet." in words(at_home.get(where))
    assert "0 minutes" in words(at_home.get(f"/phone/{proved}/"))


def test_a_number_that_is_not_proved_shows_no_calls_and_no_block(
    at_home: Client, contact: Contact, resident: Resident, line: Line, listed: int
) -> None:
    line.put(PPC, 1000)
    call = line.talk(resident, 125).call
    NumberBlock.objects.create(number=NUMBER, by="called_party", note="Sample.", made_at=line.now)
    page = words(at_home.get(f"/phone/{listed}/"))
    assert "$0.11 a minute" in page
    for hidden in ("89 minutes", "88 minutes", "Daniel", "blocked", "Blocked", "Not paid from here"):
        assert hidden not in page
    assert at_home.get(f"/phone/{listed}/calls/").status_code == 404
    assert at_home.get(f"/phone/{listed}/calls.csv").status_code == 404
    at_home.post(f"/phone/{listed}/unblock/")
    assert NumberBlock.objects.get().lifted_at is None
    assert call.number == NUMBER


def test_another_persons_number_is_not_there(
    elsewhere: Client, client: Client, resident: Resident, line: Line, proved: int
) -> None:
    line.put(PPC, 1000)
    line.talk(resident, 60)
    for what in ("", "calls/", "calls.csv"):
        assert elsewhere.get(f"/phone/{proved}/{what}").status_code == 404
        assert client.get(f"/phone/{proved}/{what}").status_code == 302
    for act in ("block", "unblock"):
        assert elsewhere.post(f"/phone/{proved}/{act}/").status_code == 404
        assert client.post(f"/phone/{proved}/{act}/").status_code == 303
    assert not NumberBlock.objects.exists()


def test_t5_a_number_is_blocked_and_called_again(
    at_home: Client, contact: Contact, resident: Resident, line: Line, proved: int
) -> None:
    line.put(PPC, 1000)
    answer = at_home.post(f"/phone/{proved}/block/")
    assert (answer.status_code, answer["Location"]) == (303, f"/phone/{proved}/")
    page = words(at_home.get(f"/phone/{proved}/"))
    assert "This number is blocked: nobody in a facility can call it." in page
    assert "It was blocked on this page" in page
    assert "Blocked" in words(at_home.get("/phone/"))
    assert codes(line.ask(resident)) == ["blocked_by_called_party"]
    at_home.post(f"/phone/{proved}/unblock/")
    assert "This number is blocked" not in words(at_home.get(f"/phone/{proved}/"))
    assert line.ask(resident).decision.allowed


def test_t5_a_block_by_the_key_shows_here(
    at_home: Client, contact: Contact, resident: Resident, line: Line, proved: int
) -> None:
    line.put(PPC, 1000)
    call = line.ask(resident).call
    line.tell(call, "blocked")
    assert "Somebody pressed the key that blocks" in words(at_home.get(f"/phone/{proved}/"))
    assert "Somebody pressed the key that blocks calls to the number (813) 555-0142." in words(at_home.get("/notices/"))


def test_the_file_of_calls(at_home: Client, contact: Contact, resident: Resident, line: Line, proved: int) -> None:
    line.put(PPC, 1000)
    line.talk(resident, 61)
    answer = at_home.get(f"/phone/{proved}/calls.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "813" not in answer["Content-Disposition"], "a name of a file is in logs and on screens"
    assert "Daniel Sample,Sample North,61,0.11,0.02" in answer.content.decode()


def test_tel8_with_a_switch_the_number_is_called_and_the_page_says_how_that_goes(
    at_home: Client, contact: Contact, line: Line, listed: int
) -> None:
    assert "Ask for a code" in words(at_home.get(f"/phone/{listed}/"))
    tell_call.booted(line.switch, boot_id="two", now=line.now)
    assert "Call this number now" in words(at_home.get(f"/phone/{listed}/"))
    at_home.post(f"/phone/{listed}/code/")
    assert "An automatic call to this number speaks the code" in words(at_home.get(f"/phone/{listed}/"))
    (said,) = speak_code.take(line.switch, now=line.now)
    assert "We are calling this number now." in words(at_home.get(f"/phone/{listed}/"))
    speak_code.over(line.switch, key=said.key, result="busy", now=line.now)
    assert "The call did not get through." in words(at_home.get(f"/phone/{listed}/"))
    at_home.post(f"/phone/{listed}/code/")
    (said,) = speak_code.take(line.switch, now=line.now)
    speak_code.over(line.switch, key=said.key, result="spoken", now=line.now)
    assert "The call spoke the code." in words(at_home.get(f"/phone/{listed}/"))
    code = "".join(value for prompt, value in said.said if prompt == "number")[:6]
    assert at_home.post(f"/phone/{listed}/prove/", {"code": code}).status_code == 303
    assert "Confirmed as yours" in words(at_home.get(f"/phone/{listed}/"))


# The page of money for calls


def test_tel13_the_first_call_is_explained(at_home: Client, contact: Contact, line: Line) -> None:
    assert "The first call to a number without money is free" not in words(at_home.get("/phone/"))
    TelephoneSettings.objects.update(courtesy_seconds=60)
    page = words(at_home.get("/phone/"))
    assert "The first call to a number without money is free, for up to 60 seconds, once." in page
    assert "Calls begin when" not in page
    assert 'href="/facilities/sample-north/calls/"' in page


def test_before_any_place_calls_money_waits(at_home: Client, contact: Contact) -> None:
    page = words(at_home.get("/phone/"))
    assert "Calls begin when a facility's telephones are connected here." in page
    assert "Ask for a call" not in page


# "Please call me"


def ask(browser: Client, contact: Contact, **form: object) -> Any:
    return browser.post(f"/phone/call-me/{contact.pk}/", form)


def test_tel13_a_note_to_call_me(at_home: Client, mother: User, contact: Contact, line: Line, listed: int) -> None:
    page = words(at_home.get("/phone/"))
    assert f'href="/phone/call-me/{contact.pk}/"' in page
    assert f'href="/phone/call-me/{contact.pk}/"' in words(at_home.get(f"/people/{contact.pk}/"))
    page = words(at_home.get(f"/phone/call-me/{contact.pk}/"))
    assert "Kitchen, (813) 555-0142" in page
    answer = ask(at_home, contact, number=listed, text="After six")
    assert (answer.status_code, answer["Location"]) == (303, f"/phone/call-me/{contact.pk}/")
    note = CallMe.objects.get()
    assert (note.user, note.resident, note.number, note.text) == (mother, contact.resident, NUMBER, "After six")
    page = words(at_home.get(f"/phone/call-me/{contact.pk}/"))
    assert "After six" in page
    assert "Your note waits at the kiosk." in page


def test_a_note_that_is_refused_keeps_what_was_typed(
    at_home: Client, contact: Contact, line: Line, listed: int, stranger: User
) -> None:
    theirs = numbers.list_number(stranger, number="813 555 0177", now=line.now)
    long = "Please " * 40
    for form, sentence in (
        ({"text": "After six"}, "Choose a number."),
        ({"number": theirs, "text": "After six"}, "Choose a number."),
        ({"number": listed, "text": long}, "A note has at most 160 characters."),
        ({"number": listed, "text": "4242 4242 4242 4242"}, "This looks like a card number."),
    ):
        answer = ask(at_home, contact, **form)
        assert answer.status_code == 200
        assert sentence in words(answer)
        assert ("After six" in words(answer)) == ("six" in str(form["text"]))
    assert not CallMe.objects.exists()
    for n in range(3):
        ask(at_home, contact, number=listed, text=f"Call {n}")
    answer = ask(at_home, contact, number=listed, text="Call once more")
    assert "You left 3 notes for this person within a day." in words(answer)
    assert "Call once more" in words(answer)


def test_a_note_without_a_number_says_what_to_do(at_home: Client, contact: Contact, line: Line) -> None:
    page = words(at_home.get(f"/phone/call-me/{contact.pk}/"))
    assert "First add the number that should be called." in page


def test_con3_nobody_asks_whom_they_may_not_reach(
    at_home: Client, elsewhere: Client, client: Client, contact: Contact, line: Line, listed: int
) -> None:
    where = f"/phone/call-me/{contact.pk}/"
    assert elsewhere.get(where).status_code == 404
    assert elsewhere.post(where, {"number": listed}).status_code == 404
    assert client.get(where).status_code == 302
    Facility.objects.update(calls_offered=False)
    page = words(at_home.get(where))
    assert "Calls are not offered through this service at Sample North." in page
    assert "Leave the note" not in page
    assert where not in words(at_home.get(f"/people/{contact.pk}/"))
    assert ask(at_home, contact, number=listed).status_code == 200
    assert not CallMe.objects.exists()


# Prices for everybody


def test_f22_the_prices_of_a_place_are_public(client: Client, line: Line, north: Facility) -> None:
    TelephoneSettings.objects.update(places=["domestic", "international"], lists_numbers=True)
    later = line.now + timedelta(days=30)
    for at, base in ((line.now, 90_000), (later, 50_000)):
        plan = RatePlan.objects.create(facility=north, effective_from=at, made_at=line.now)
        CallRate.objects.create(plan=plan, kind="domestic", base_micro=base, additive_micro=20_000)
        CallRate.objects.create(plan=plan, kind="international", country="MX", base_micro=100_000)
    Termination.objects.create(country="MX", micro=8_000, since=date(2020, 1, 1))
    RateCap.objects.update_or_create(
        jurisdiction="US", tier="extremely_small", since=date(2026, 4, 6),
        defaults={"micro": 190_000, "source": "https://law.example/", "status": "S"},
    )  # fmt: skip
    Population.objects.create(facility=north, year=line.now.year - 1, person_days=40 * 365, counted_at=line.now)
    LineHours.objects.create(limits=CallLimits.objects.get(), days="012346", opens=time(8), closes=time(22))
    page = words(client.get("/facilities/sample-north/calls/"))
    for said in (
        "Within the state of NY", "To other states", "$0.11", "$1.65", "of it $0.02 for the facility",
        "the law allows $0.19", "To Mexico", "the law allows $0.198", "ending a call there costs $0.008",
        "40 people were held here", "may cost at most $0.19", "$0.07", "$1.05", "no fee of any kind",
        "No tax or government fee is added", "Monday to Friday, Sunday: 8:00 am to 10:00 pm",
        "A call lasts at most 15 minutes.", "Calls are not recorded here.", "consumercomplaints.fcc.gov",
        "billed by the second",
        "Only numbers that the facility approved for a person can be called.",
        "You can have it back at any time", "Calls by TTY or relay services are free.",
    ):  # fmt: skip
        assert said in page, said
    assert "not possible" in page, "to the Caribbean, for example"


def test_mon9_prices_of_calls_are_on_the_other_public_pages(client: Client, line: Line) -> None:
    page = words(client.get("/prices/"))
    assert "A call within the country: $0.11 a minute; 15 minutes cost $1.65" in page
    assert 'href="/facilities/sample-north/calls/"' in page
    page = words(client.get("/facilities/sample-north/"))
    assert "A minute within the country costs $0.11; 15 minutes cost $1.65." in page


def test_f33_free_calls_say_so(client: Client, line: Line, north: Facility) -> None:
    plan = RatePlan.objects.create(facility=north, effective_from=line.now, made_at=line.now)
    CallRate.objects.create(plan=plan, kind="domestic", base_micro=0)
    assert "They are free: the agency pays." in words(client.get("/facilities/sample-north/"))
    assert "Calls are free: the agency pays" in words(client.get("/prices/"))
    assert "$0.00" not in words(client.get("/facilities/sample-north/calls/"))


def test_a_place_without_calls_or_prices_says_so(client: Client, north: Facility, line: Line, south: Facility) -> None:
    assert "Calls are not offered" in words(client.get("/facilities/sample-south/calls/"))
    Facility.objects.filter(pk=south.pk).update(calls_offered=True)
    assert "No price for calls is set here yet" in words(client.get("/facilities/sample-south/calls/"))
    assert client.get("/facilities/no-such-place/calls/").status_code == 404


def test_the_pages_speak_spanish(
    at_home: Client, client: Client, contact: Contact, resident: Resident, line: Line, proved: int
) -> None:
    line.put(PPC, 1000)
    line.talk(resident, 125)
    User.objects.update(language="es")
    page = words(at_home.get(f"/phone/{proved}/"))
    for said in ("Cuánto cuesta llamarlo", "88 minutos", "Colgó quien llamaba", "2 minutos 5 segundos"):
        assert said in page, said
    assert "Bloquear las llamadas a este número" in page
    assert "Llamadas a" in words(at_home.get(f"/phone/{proved}/calls/"))
    assert "Dejar la nota, gratis" in words(at_home.get(f"/phone/call-me/{contact.pk}/"))
    page = words(client.get("/facilities/sample-north/calls/", headers={"Accept-Language": "es"}))
    assert "Cuánto cuesta un minuto" in page
    assert "Dentro del estado de NY" in page


def test_pages_cost_as_many_statements_for_many_numbers_as_for_one(
    at_home: Client,
    mother: User,
    contact: Contact,
    line: Line,
    proved: int,
    now: datetime,
    django_assert_max_num_queries: Callable[..., Any],
) -> None:
    numbers.list_number(mother, number="813 555 0101", now=now)
    with django_assert_max_num_queries(60) as first:
        at_home.get("/phone/")
    for n in range(2, 6):
        numbers.list_number(mother, number=f"813 555 010{n}", now=now)
    with django_assert_max_num_queries(len(first)):
        at_home.get("/phone/")
