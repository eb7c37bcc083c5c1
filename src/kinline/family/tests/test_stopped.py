"""STF-8: families are told that letters are stopped before they pay: at home, where they write, and in public."""

from datetime import timedelta

import pytest

from kinline.flows import emergency

pytestmark = pytest.mark.django_db
WHY = {"en": "The network of the building is repaired.", "es": "Se repara la red del edificio."}


@pytest.fixture
def stop(supervisor, north, now):
    emergency.stop_letters(
        staff=supervisor, facility_id=north.pk, told=WHY, until=now + timedelta(hours=2), now=now
    )  # fmt: skip


def pages(client, contact, north):
    return [client.get(where).content.decode() for where in
            ("/home/", f"/messages/new/?to={contact.pk}", f"/facilities/{north.slug}/")]  # fmt: skip


def test_told_with_reason_and_end_at_home_while_writing_and_in_public(stop, family_client, mother, contact, north):
    for page in pages(family_client(mother), contact, north):
        assert "stopped" in page.split("<main")[1]
        assert WHY["en"] in page
        assert "your letters are kept and go out by themselves afterwards" in page


def test_two_people_at_one_place_are_one_banner(stop, family_client, mother, contact, north):
    assert family_client(mother).get("/home/").content.decode().count(WHY["en"]) == 1


def test_in_spanish(stop, client, north):
    page = client.get(f"/facilities/{north.slug}/", headers={"accept-language": "es"}).content.decode()
    assert WHY["es"] in page
    assert WHY["en"] not in page


def test_another_place_says_nothing_and_nothing_is_said_afterwards(
    stop, family_client, mother, contact_south, contact, south, north, supervisor, now, client
):
    assert WHY["en"] not in client.get(f"/facilities/{south.slug}/").content.decode()
    emergency.let_letters_go(staff=supervisor, facility_id=north.pk, now=now)
    for page in pages(family_client(mother), contact, north):
        assert WHY["en"] not in page
