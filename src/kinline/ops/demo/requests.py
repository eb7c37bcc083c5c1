"""What residents of the sample filed: forms, one in each state, and a notice to everybody (KSK-5, STF-8)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from kinline.facilities.models import Facility
from kinline.flows import requests as asking
from kinline.flows.broadcast import broadcast
from kinline.ops.demo.calendar import OPENED_DAYS, ago, done_before
from kinline.ops.demo.people import DANIEL, GRACE, IVAN, MAYA, OMAR, Cast, key
from kinline.ops.demo.places import Jail
from kinline.requests import queries
from kinline.requests.models import Request, RequestForm
from kinline.requests.rules import Question, questions_from, questions_of
from kinline.residents.queries import open_custody

_GRIEVANCE = """text: What happened? | ¿Qué pasó?
day?: When? | ¿Cuándo?
choice: Where? | ¿Dónde? | In the unit = En la unidad | In the yard = En el patio | Elsewhere = En otro lugar
text?: What should be done? | ¿Qué se debe hacer?"""
_PROPERTY = """choice: What is it? | ¿Qué es? | Clothes = Ropa | Books = Libros | Something else = Otra cosa
text: Tell us what you need. | Díganos qué necesita."""
_MEDICAL = """text: What would you like to be seen for? | ¿Por qué quiere que le atiendan?
choice: Since when? | ¿Desde cuándo? | Today = Hoy | This week = Esta semana | Longer = Más tiempo"""

# Short name → what the administrator typed.
FORMS: dict[str, dict[str, Any]] = {
    "property": {
        "kind": "request", "name": "Ask for something of yours", "name_es": "Pedir algo suyo", "desk": "Property",
        "intro": "Clothes, books and other things that are kept for you.",
        "intro_es": "Ropa, libros y otras cosas que se guardan para usted.",
        "questions": _PROPERTY, "answer_days": 5, "levels": 1, "ask_again_days": 5,
    },
    "medical": {
        "kind": "request", "name": "Ask to be seen by a nurse", "name_es": "Pedir atención de enfermería",
        "desk": "Medical", "intro": "If it cannot wait, tell the nearest officer now.",
        "intro_es": "Si no puede esperar, dígaselo ahora al oficial más cercano.",
        "questions": _MEDICAL, "answer_days": 2, "levels": 2, "ask_again_days": 5,
    },
    "grievance": {
        "kind": "grievance", "name": "Say that something is wrong", "name_es": "Decir que algo está mal",
        "desk": "Supervisors", "intro": "Nobody may hold it against you that you say so.",
        "intro_es": "Nadie puede reprocharle que lo diga.", "questions": _GRIEVANCE, "answer_days": 5, "levels": 3,
        "ask_again_days": 5, "emergency_hours": 48, "emergency_days": 5,
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filed:
    name: str
    who: str
    form: str
    days: int
    answers: tuple[str, ...]
    emergency: bool = False


FILED = (
    Filed("books", DANIEL, "property", 9, ("Books", "My carpentry book came with me in April. May I have it?")),
    Filed("shower", DANIEL, "grievance", 8, ("The left shower of North A drips all night.", "", "In the unit", "")),
    Filed("knee", GRACE, "medical", 1, ("My knee hurts when I climb the stairs.", "This week")),
    Filed("shirt", OMAR, "property", 12, ("Clothes", "I need my shirt for court.")),
    Filed("threat", MAYA, "grievance", 0, ("Somebody says they will hurt me tonight.", "", "In the unit",
                                            "Please move me."), emergency=True),
    Filed("yard", IVAN, "grievance", 3, ("The yard was closed on Monday and nobody said why.", "", "In the yard", "")),
)  # fmt: skip


# Name, days ago, days that it lasts, words.
SAID = (
    ("water", 2, 14, "The water is off on Thursday from 9 to 11 am.", "El jueves no hay agua de 9 a 11."),
    ("yard", 6, 1, "The yard opens at noon today.", "Hoy el patio abre al mediodía."),
)  # fmt: skip
_OFFICE = "Sample State Ombuds Office, 3 Sample Street, Sampleton, NY 10001"
WAYS = {
    "outside": f"{_OFFICE}. It belongs to no jail. Write to it, or dial *77 from any telephone here, free. You need "
    "not say who you are. A counsellor who keeps it to herself: *78.",
    "outside_es": f"{_OFFICE}. No pertenece a ninguna cárcel. Escriba, o marque *77 en cualquier teléfono de aquí, "
    "gratis. No hace falta decir quién es. Una consejera que lo guarda para sí: *78.",
    "others": "Anybody may report for somebody here, day and night: (518) 555-0100, or write to the "
    f"{_OFFICE}. You need not say who you are.",
    "others_es": "Cualquiera puede denunciar por alguien que está aquí, de día y de noche: (518) 555-0100, o escriba: "
    f"{_OFFICE}. No hace falta decir quién es.",
}


def make(jail: Jail, cast: Cast, now: datetime) -> None:
    forms = {code: _form(jail, jail.north, code, now) for code in FORMS}
    _form(jail, jail.south, "grievance", now)
    filed = {one.name: _file(cast, forms[one.form], one, now) for one in FILED if _is_north(jail, cast, one)}
    _answers(jail, cast, filed, now)
    _said(jail, now)


def _form(jail: Jail, place: Facility, code: str, now: datetime) -> int:
    known = RequestForm.objects.filter(facility=place, code=code).first()
    if known is not None:
        return known.pk
    typed = FORMS[code]
    values = {**typed, "code": code, "questions": [one.as_json() for one in questions_from(typed["questions"])]}
    return asking.save_form(
        staff=jail.staff["sample.county"], facility_id=place.pk, form_id=None, values=values,
        now=ago(now, OPENED_DAYS, "09:00"),
    )  # fmt: skip


def _is_north(jail: Jail, cast: Cast, one: Filed) -> bool:
    held = open_custody(cast.parties[one.who].id)
    return held is not None and held.facility_id == jail.north.pk


def _file(cast: Cast, form_id: int, one: Filed, now: datetime) -> int:
    form = RequestForm.objects.get(pk=form_id)
    asked = questions_of(form.questions)
    answers = [_answer(question, text) for question, text in zip(asked, one.answers, strict=True)]
    at = ago(now, one.days, "14:20") if one.days else now - timedelta(hours=3)
    return asking.file(
        resident_id=cast.parties[one.who].id, form_id=form_id, answers=answers, emergency=one.emergency,
        client_key=key(f"request:{one.name}"), now=at,
    )  # fmt: skip


def _answer(question: Question, text: str) -> dict[str, Any]:
    kept: dict[str, Any] = {"kind": question.kind, "label": dict(question.label), "text": text}
    shown = next(({"en": english, "es": spanish} for english, spanish in question.choices if english == text), None)
    return kept | ({"shown": shown} if shown else {})


def _answers(jail: Jail, cast: Cast, filed: dict[str, int], now: datetime) -> None:
    reviewer, supervisor = jail.staff["sample.reviewer"], jail.staff["sample.supervisor"]
    with done_before:
        asking.answer(
            staff=reviewer, request_id=filed["books"], outcome="granted", now=ago(now, 7, "10:00"),
            text="Yes. The property officer brings it to your unit on Thursday.",
        )  # fmt: skip
    with done_before:
        asking.answer(
            staff=supervisor, request_id=filed["shower"], outcome="denied", now=ago(now, 5, "11:30"),
            text="The shower was looked at in May and was in order.",
        )  # fmt: skip
    if Request.objects.get(pk=filed["shower"]).level == 1:
        with done_before:
            asking.ask_again(
                resident_id=cast.parties[DANIEL].id, request_id=filed["shower"], now=ago(now, 4, "19:00"),
                text="May was before the repair of the pipes. It drips since then.",
            )  # fmt: skip


def _said(jail: Jail, now: datetime) -> None:
    """One that is read today, one that is over, and how abuse is reported (STF-8, REC2)."""
    for name, days, lasts, english, spanish in SAID:
        at = ago(now, days, "09:00")
        with done_before:
            broadcast(
                staff=jail.staff["sample.supervisor"], facility_id=jail.north.pk, unit_id=None, client_key=key(name),
                told={"en": english, "es": spanish}, until=at + timedelta(days=lasts), now=at,
            )  # fmt: skip
    for place in (jail.north, jail.south):
        if queries.reporting(place.pk) is None:
            asking.publish_reporting(
                staff=jail.staff["sample.county"], facility_id=place.pk, values=WAYS, now=ago(now, OPENED_DAYS, "09:30")
            )
