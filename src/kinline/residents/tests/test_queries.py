"""The search: what anybody may find (CON-1)."""

import pytest

from kinline.residents import queries, services


@pytest.fixture
def people(north, south, far, now):
    for place, number, first, last in (
        (north, "A100", "José Luis", "Peña-Ortiz"),
        (north, "A101", "Josefina", "Pereira"),
        (south, "A102", "Anna", "O'Brien"),
        (far, "A100", "Jon", "Smith"),
        (north, "A103", "100% Sample", "Under_score"),
    ):
        person = services.create(agency_id=place.agency_id, number=number, first_name=first, last_name=last, now=now)
        services.book(resident_id=person.pk, facility_id=place.pk, now=now)


SEARCHES = [
    ("pena", ["José Luis Peña-Ortiz"]),
    ("PEÑA", ["José Luis Peña-Ortiz"]),
    ("pe", ["José Luis Peña-Ortiz", "Josefina Pereira"]),
    ("jose pe", ["José Luis Peña-Ortiz", "Josefina Pereira"]),
    ("pe jose", ["José Luis Peña-Ortiz", "Josefina Pereira"]),
    ("ortiz", ["José Luis Peña-Ortiz"]),
    ("peña-ortiz", ["José Luis Peña-Ortiz"]),
    ("o'brien", ["Anna O'Brien"]),
    ("a100", ["José Luis Peña-Ortiz", "Jon Smith"]),
    ("A10", []),  # a number is found whole
    ("ena", []),  # names from their beginnings
    ("p", []),
    ("  ", []),
    ("%", []),
    ("%%", []),
    ("100%", ["100% Sample Under_score"]),
    ("under_", ["100% Sample Under_score"]),
    ("underx", []),
    ("_____", []),
    ("\x00pena", ["José Luis Peña-Ortiz"]),
    ("pe\u200bna", ["José Luis Peña-Ortiz"]),
    ("x" * 3000, []),
]


@pytest.mark.parametrize(("query", "names"), SEARCHES)
def test_find(people, query, names):
    assert [one.name for one in queries.find(query)] == names


def test_filters_and_limit(people, north, far):
    assert [one.name for one in queries.find("a100", facility_slug="far-sample")] == ["Jon Smith"]
    assert [one.name for one in queries.find("a100", agency_id=north.agency_id)] == ["José Luis Peña-Ortiz"]
    assert queries.find("a100", region="CA") == []
    assert len(queries.find("jo", limit=2)) == 2


def test_what_is_shown(people, north):
    north.calls_offered = True
    north.save()
    (found,) = queries.find("pena")
    assert (found.number, found.facility_name, found.region) == ("A100", "Sample North", "NY")
    assert (found.messages_offered, found.calls_offered) == (True, True)


def test_only_people_in_custody(resident, now):
    assert queries.by_id_in_custody(resident.pk).name == "Daniel Sample"
    services.end_custody(resident_id=resident.pk, reason="release", now=now)
    assert queries.find("daniel") == []
    assert queries.by_id_in_custody(resident.pk) is None


def test_a_corrected_name_is_found(resident):
    services.rename(resident_id=resident.pk, first_name="Danilo", last_name="Sample")
    assert [one.name for one in queries.find("danilo")] == ["Danilo Sample"]
    assert queries.find("daniel") == []
