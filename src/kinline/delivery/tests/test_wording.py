"""Rules in plain words (DEL-8)."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import translation

from kinline.delivery.wording import describe

WHY = {"en": "Only in English here.", "es": "Aquí solo en inglés."}


def words(rules: Any, language: str = "en") -> list[str]:
    with translation.override(language):
        return describe(SimpleNamespace(version=1, rules=rules))


@pytest.mark.parametrize(
    ("rule", "english", "spanish"),
    [
        ({"then": "deliver"}, "All letters: delivered at once.", "Todas las cartas: se entregan enseguida."),
        (
            {"then": "wait", "minutes": 30, "when": {"direction": "family"}},
            "Letters from family and friends: delivered 30 minutes after sending.",
            "Cartas de familiares y amigos: se entregan 30 minutos después de enviarlas.",
        ),
        (
            {"then": "hours", "from": "07:00", "to": "21:00"},
            "All letters: delivered only from 7:00 am to 9:00 pm.",
            "Todas las cartas: se entregan solo de 7:00 a 21:00.",
        ),
        (
            {"then": "review", "when": {"direction": "resident", "first": True, "words": ["hose"]}},
            "Letters from people in custody, the first between two people, with a word on this facility's list: "
            "read by staff before delivery.",
            "Cartas de personas detenidas, la primera entre dos personas, con una palabra de la lista de este centro: "
            "el personal las lee antes de la entrega.",
        ),
        (
            {"then": "refuse", "reason": "language", "why": WHY, "when": {"longer_than": 5000, "class": "personal"}},
            "All letters, personal, longer than 5,000 characters: not delivered. Only in English here.",
            "Todas las cartas, personales, de más de 5,000 caracteres: no se entregan. Aquí solo en inglés.",
        ),
        (
            {"then": "review", "when": {"first": False, "class": "privileged"}},
            "All letters, after the first between two people, with a verified attorney: read by staff before delivery.",
            "Todas las cartas, después de la primera entre dos personas, con un abogado verificado: "
            "el personal las lee antes de la entrega.",
        ),
    ],
)
def test_a_rule_in_words(rule: dict[str, Any], english: str, spanish: str) -> None:
    assert words([{"id": "one", **rule}]) == [english]
    assert words([{"id": "one", **rule}], "es") == [spanish]


def test_the_words_of_a_list_are_not_told() -> None:
    assert "hose" not in words([{"id": "one", "then": "review", "when": {"words": ["hose"]}}])[0]


@pytest.mark.parametrize("rules", [[], None, {}, [{"id": "x"}], [{"id": "x", "then": "fly"}]])
def test_what_cannot_be_read_holds_everything(rules: Any) -> None:
    """DEL-3: that is what happens, so that is what is said."""
    assert words(rules) == ["All letters: read by staff before delivery."]


def test_no_policy_holds_everything() -> None:
    assert describe(None) == ["All letters: read by staff before delivery."]
