"""STF-3, REC5: no result before who asks, and why, is written down; only what the place and the role may see."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from kinline.contacts.models import Contact
from kinline.core.models import AuditEvent
from kinline.flows.after_delivery import after_delivery
from kinline.flows.housekeeping import housekeeping
from kinline.flows.lobby import take_money
from kinline.flows.purge import purge_record
from kinline.flows.tests.test_send import write
from kinline.identity.models import Role, User
from kinline.messaging.models import Mailbox, Search

pytestmark = pytest.mark.django_db
PAGE = "/staff/search/"
ACTS = ("search.run", "search.look", "search.save", "message.read")


@pytest.fixture
def chief(member, north):
    return member(Role.FACILITY_ADMIN, north)


@pytest.fixture
def desk(chief, staff_client):
    return staff_client(chief)


@pytest.fixture
def letters(money, mother_party, contact, contact_south, now):
    """Two of the north, one of the south; all speak of gardens."""
    money(mother_party, 500)
    found = [
        write(mother_party, where, now - timedelta(hours=n), f"The garden grows, {n} roses").message_id
        for n, where in enumerate((contact, contact, contact_south))
    ]
    for one in found:
        after_delivery(message_id=one, now=now)
    return found


def ask(client, follow=True, **more):
    asked = {"what": "messages", "words": "garden", "since": "", "until": "", "purpose": "Case 17.", **more}
    return client.post(PAGE, asked, follow=follow)


def log():
    return list(AuditEvent.objects.filter(act__in=ACTS).order_by("pk").values_list("act", "detail"))


def test_rec5_the_purpose_is_written_down_before_a_result_is_shown(desk, chief, letters, north):
    answer = ask(desk)
    one = Search.objects.get()
    page = answer.content.decode()
    assert f"{PAGE}{one.pk}/letters/{letters[0]}/" in page
    detail = {"what": "messages", "purpose": "Case 17."}
    assert log() == [("search.run", detail), ("search.look", detail)]
    events = AuditEvent.objects.filter(act__startswith="search.")
    assert {(e.actor, e.object, e.facility_id) for e in events} == {(f"staff:{chief.pk}", f"search:{one.pk}", north.pk)}
    assert "garden" not in str(list(AuditEvent.objects.values_list("detail", flat=True))), (
        "the words are not in the log"
    )


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [({"purpose": " "}, "Write what this search is for."), ({"words": " "}, "Type what you look for."),
     ({"since": "x"}, "Type a day such as"), ({"what": "secrets"}, "secrets")],
)  # fmt: skip
def test_rec5_without_a_purpose_nothing_is_looked_for(desk, letters, wrong, sentence):
    page = ask(desk, **wrong).content.decode()
    assert sentence in page
    assert "roses" not in page
    assert not Search.objects.exists()
    assert log() == []


def test_rec5_each_look_is_on_record_and_a_letter_with_the_purpose_of_its_search(desk, letters):
    ask(desk)
    one = Search.objects.get()
    where = f"{PAGE}{one.pk}/letters/{letters[0]}/"
    assert "The garden grows, 0 roses" in desk.get(where).content.decode()
    desk.get(f"{PAGE}{one.pk}/")
    assert [act for act, _detail in log()] == ["search.run", "search.look", "message.read", "search.look"]
    read = AuditEvent.objects.get(act="message.read")
    assert (read.object, read.detail) == (f"message:{letters[0]}", {"purpose": "Case 17.", "search": one.pk})


def test_only_letters_of_this_place(desk, letters):
    page = ask(desk).content.decode()
    assert [f"/letters/{one}/" in page for one in letters] == [True, True, False]
    where = f"{PAGE}{Search.objects.get().pk}/letters/{letters[2]}/"
    assert desk.get(where).status_code == 404
    assert not AuditEvent.objects.filter(act="message.read").exists()


@pytest.mark.parametrize(
    ("words", "found"),
    [('"garden grows"', [True, True]), ("garden -0", [False, True]), ("GÁRDEN", [True, True]),
     ("grows garden", [True, True]),
     ("weeds", [False, False]), ("'); DROP TABLE", [False, False]), ("!&|():*<>", [False, False])],
)  # fmt: skip
def test_words(desk, letters, words, found):
    page = ask(desk, words=words).content.decode()
    assert [f"/letters/{one}/" in page for one in letters[:2]] == found


def test_days(desk, letters, now):
    tomorrow = (now + timedelta(days=2)).date().isoformat()
    assert "Nothing was found." in ask(desk, since=tomorrow).content.decode()
    assert f"/letters/{letters[0]}/" in ask(desk, until=tomorrow).content.decode()


def test_never_a_privileged_letter_whatever_the_index_says(desk, letters, contact):
    ask(desk)
    Contact.objects.filter(pk=contact.pk).update(kind="privileged")
    one = Search.objects.get().pk
    assert "roses" not in desk.get(f"{PAGE}{one}/").content.decode()
    assert desk.get(f"{PAGE}{one}/letters/{letters[0]}/").status_code == 404
    assert not AuditEvent.objects.filter(act="message.read").exists()


def test_never_a_letter_of_a_contact_of_ones_own(desk, chief, letters, mother):
    ask(desk)
    User.objects.filter(pk=mother.pk).update(email=chief.email.upper())
    one = Search.objects.get().pk
    assert "roses" not in desk.get(f"{PAGE}{one}/").content.decode()
    assert desk.get(f"{PAGE}{one}/letters/{letters[0]}/").status_code == 404


def test_a_purged_letter_is_not_found(desk, letters, now):
    ask(desk)
    Mailbox.objects.filter(message_id=letters[0]).delete()
    purge_record(now=now + timedelta(days=731))
    one = Search.objects.get().pk
    assert desk.get(f"{PAGE}{one}/letters/{letters[0]}/").status_code == 404
    page = desk.get(f"{PAGE}{one}/").content.decode()
    assert [f"/letters/{letter}/" in page for letter in letters[:2]] == [False, True]


def test_a_search_is_of_who_asked_it(desk, letters, member, staff_client, north, south):
    ask(desk)
    one = Search.objects.get().pk
    for other in (member(Role.SUPERVISOR, north), member(Role.FACILITY_ADMIN, south)):
        client = staff_client(other)
        assert client.get(f"{PAGE}{one}/").status_code == 404
        assert client.get(f"{PAGE}{one}/letters/{letters[0]}/").status_code == 404
        assert client.post(PAGE, {"act": "again", "search": one, "purpose": "Mine."}).status_code == 404
        assert client.post(PAGE, {"act": "forget", "search": one}).status_code == 404
    assert [act for act, _detail in log()] == ["search.run", "search.look"]


def test_after_half_an_hour_the_purpose_is_asked_again(desk, letters, clock_at, now):
    ask(desk)
    one = Search.objects.get().pk
    Search.objects.update(asked_at=now - timedelta(minutes=31))
    for where in (f"{PAGE}{one}/", f"{PAGE}{one}/letters/{letters[0]}/"):
        answer = desk.get(where, follow=True)
        assert "Say again what it is for." in answer.content.decode()
        assert "roses" not in answer.content.decode()
    assert [act for act, _detail in log()] == ["search.run", "search.look"]


def test_a_saved_search_marks_what_is_new_since_i_looked(desk, letters, mother_party, contact):
    ask(desk)
    one = Search.objects.get()
    assert desk.post(f"{PAGE}{one.pk}/", {"name": "Gardens"}).status_code == 303
    page = desk.get(PAGE).content.decode()
    assert "Gardens" in page
    assert 'class="tag"' not in desk.get(f"{PAGE}{one.pk}/").content.decode()
    new = write(mother_party, contact, datetime.now(UTC), "A garden at last").message_id
    after_delivery(message_id=new, now=datetime.now(UTC))
    bad = desk.post(PAGE, {"act": "again", "search": one.pk, "purpose": " "})
    assert "Write what this search is for." in bad.content.decode()
    page = desk.post(PAGE, {"act": "again", "search": one.pk, "purpose": "Case 18."}, follow=True).content.decode()
    rows = page.split("<tbody>")[1].split("<tr>")[1:]
    assert [f"/letters/{new}/" in row and 'class="tag"' in row for row in rows] == [True, False, False]
    assert log()[-2:] == [(act, {"what": "messages", "purpose": "Case 18."}) for act in ("search.run", "search.look")]
    assert desk.post(PAGE, {"act": "forget", "search": one.pk}).status_code == 303
    assert "Gardens" not in desk.get(PAGE).content.decode()


def test_a_name_is_taken_once(desk, letters):
    for _ in range(2):
        ask(desk)
    first, second = Search.objects.order_by("pk")
    desk.post(f"{PAGE}{first.pk}/", {"name": "Gardens"})
    answer = desk.post(f"{PAGE}{second.pk}/", {"name": "Gardens"})
    assert "saved search of this name already" in answer.content.decode()
    assert Search.objects.exclude(name="").count() == 1


def test_older_letters_are_a_page_away(desk, letters, monkeypatch):
    monkeypatch.setattr("kinline.flows.search_record.PAGE", 1)
    page = ask(desk).content.decode()
    newest = max(letters[:2])
    assert f"?before={newest}" in page
    older = desk.get(f"{PAGE}{Search.objects.get().pk}/?before={newest}").content.decode()
    assert [f"/letters/{one}/" in older for one in sorted(letters[:2])] == [True, False]
    assert desk.get(f"{PAGE}{Search.objects.get().pk}/?before=x").status_code == 400


def test_people_of_this_place_now_or_before(desk, resident, resident_south, contact, contact_south):
    page = ask(desk, what="people", words="Sample").content.decode()
    for words in ("Daniel Sample", "1001", "resident, here now", "Marta Sample", "contact of"):
        assert words in page
    assert "Samuel" not in page
    assert "Daniel Sample" in ask(desk, what="people", words="1001").content.decode()
    assert "Marta Sample" in ask(desk, what="people", words="mother@family.example").content.decode()
    assert page.count("Marta Sample") == 1, "one line for each person"
    assert "Steve" not in ask(desk, what="people", words="Steve").content.decode().split("<tbody>")[1]


def test_money_of_this_place(desk, member, north, resident, now):
    deposit = take_money(
        staff=member(Role.FINANCE, north), facility_id=north.pk, code=f"resident:{resident.pk}", amount_cents=1000,
        method="cash", payer_name="Uncle Sample", reference="", client_key=uuid4(), now=now,
    )  # fmt: skip
    for words in (deposit.receipt, "uncle", "1001", "Daniel"):
        page = ask(desk, what="money", words=words).content.decode()
        assert deposit.receipt in page
        assert "$10.00" in page
    assert "Nothing was found." in ask(desk, what="money", words="nobody").content.decode()


def test_who_may_not_read_money_does_not_find_it(member, staff_client, north):
    client = staff_client(member(Role.SUPERVISOR, north))
    assert 'value="money"' not in client.get(PAGE).content.decode()
    assert ask(client, what="money").status_code == 200
    assert not Search.objects.exists()
    assert log() == []


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.MAILROOM, Role.FINANCE, Role.AUDITOR, Role.OMBUDSPERSON])
def test_other_roles_find_nothing(role, member, staff_client, north, letters):
    client = staff_client(member(role, north))
    assert ask(client).status_code == 403
    assert client.get(f"{PAGE}1/").status_code == 403
    assert not Search.objects.exists()
    assert log() == []


def test_a_role_that_ends_with_the_page_open(desk, chief, letters):
    ask(desk)
    chief.roles.update(ends_at=datetime.now(UTC) - timedelta(seconds=1))
    one = Search.objects.get().pk
    assert desk.get(f"{PAGE}{one}/").status_code == 403
    assert desk.get(f"{PAGE}{one}/letters/{letters[0]}/").status_code == 403


def test_words_that_nobody_saved_are_forgotten(desk, letters, now):
    for _ in range(2):
        ask(desk)
    kept, gone = Search.objects.order_by("pk")
    desk.post(f"{PAGE}{kept.pk}/", {"name": "Gardens"})
    housekeeping(now=now + timedelta(days=91))
    assert list(Search.objects.all()) == [kept]
    assert AuditEvent.objects.filter(object=f"search:{gone.pk}").exists()
