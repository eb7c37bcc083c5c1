"""What is typed: a facility's form as a resident fills it in, staff's answers, and the form's own editing."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kinline.requests import rules, wording
from kinline.requests.models import Kind, Outcome, RequestForm
from kinline.requests.rules import BadQuestions, Question

LONGEST_ANSWER = 4000


def _area(label: Any, missing: Any, *, rows: int = 6, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=LONGEST_ANSWER, error_messages={"required": missing},
        widget=forms.Textarea(attrs={"rows": rows, "dir": "auto"}), **options,
    )  # fmt: skip


class AnswersForm(forms.Form):
    """A facility's form. Fields are `q1`, `q2` …; `key` makes a second press harmless."""

    def __init__(
        self, questions: Sequence[Question], *args: Any, emergency: bool = False, typed: Any = None, **kwargs: Any
    ) -> None:
        kwargs["initial"] = {"key": uuid4(), **(typed or {})}
        super().__init__(*args, **kwargs)
        self.questions = questions
        for place, question in enumerate(questions, 1):
            self.fields[f"q{place}"] = _field(question)
        if emergency:
            self.fields["emergency"] = forms.BooleanField(
                label=_("This is an emergency: somebody is in danger of being hurt."), required=False
            )
        self.fields["key"] = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_key(self) -> UUID:
        try:
            return UUID(self.cleaned_data["key"])
        except ValueError:
            return uuid4()

    def filed(self) -> dict[str, Any]:
        """What `flows.requests.file` asks for, of a valid form."""
        answers = [_answered(question, self.cleaned_data[f"q{n}"]) for n, question in enumerate(self.questions, 1)]
        return {
            "answers": answers, "emergency": self.cleaned_data.get("emergency", False),
            "client_key": self.cleaned_data["key"],
        }  # fmt: skip


def typed_answers(typed: Mapping[str, str], questions: Sequence[Question]) -> dict[str, str]:
    """What is kept as a draft, of a page that is not filed."""
    kept = {}
    for place, question in enumerate(questions, 1):
        text = str(typed.get(f"q{place}", "")).replace("\x00", "")[: rules.LONGEST[question.kind]]
        if text.strip():
            kept[f"q{place}"] = text
    return kept


def _field(question: Question) -> forms.Field:
    label = wording.in_language(question.label)
    most = rules.LONGEST[question.kind]
    missing = {"required": _("Please answer this.")}
    common: dict[str, Any] = {"label": label, "required": question.required, "error_messages": missing}
    if question.kind == rules.CHOICE:
        shown = [(one[0], wording.in_language({"en": one[0], "es": one[1]})) for one in question.choices]
        return forms.ChoiceField(choices=shown, widget=forms.RadioSelect, **common)
    if question.kind == rules.DAY:
        missing["invalid"] = _("Choose a day, or write it as year-month-day.")
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        return forms.DateField(widget=widget, input_formats=["%Y-%m-%d", "%m/%d/%Y"], **common)
    if question.kind == rules.TEXT:
        return forms.CharField(max_length=most, widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}), **common)
    return forms.CharField(max_length=most, widget=forms.TextInput(attrs={"autocomplete": "off"}), **common)


def _answered(question: Question, value: Any) -> dict[str, Any]:
    """The answer with its question, as it is kept."""
    text = value.isoformat() if isinstance(value, date) else str(value or "").replace("\r\n", "\n")
    kept: dict[str, Any] = {"kind": question.kind, "label": dict(question.label), "text": text}
    if question.kind == rules.CHOICE:
        kept["shown"] = next(({"en": one[0], "es": one[1]} for one in question.choices if one[0] == text), {})
    return kept


class AskAgainForm(forms.Form):
    text = _area(_("What is not right with the answer?"), _("Write why the answer is not right."))


class AnswerForm(forms.Form):
    """Staff's answer at a level."""

    outcome = forms.ChoiceField(
        label=_("Outcome"), choices=[(one.value, wording.OUTCOMES[one]) for one in Outcome], widget=forms.RadioSelect,
        error_messages={"required": _("Choose an outcome.")},
    )  # fmt: skip
    answer = _area(
        pgettext_lazy("a noun", "Answer"),
        _("Write an answer. The resident reads it."),
        help_text=_("The resident reads these words."),
    )


class FirstAnswerForm(forms.Form):
    """The first answer to an emergency grievance (REC2)."""

    prefix = "first"
    serious = forms.ChoiceField(
        label=_("What it is"),
        choices=[("yes", _("An emergency: we act now")), ("no", _("No emergency: answered in ordinary time"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what it is.")},
    )
    text = _area(_("First answer"), _("Write an answer. The resident reads it."), rows=4)


def _words(label: Any, most: int, *, area: bool = False, **options: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3}) if area else forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(label=label, max_length=most, widget=widget, **options)


def _whole(label: Any, most: int, *, required: bool = True, **options: Any) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"min": 1, "max": most})
    return forms.IntegerField(
        label=label, min_value=1, max_value=most, required=required, widget=widget, **options
    )  # fmt: skip


class ReportingForm(forms.Form):
    """How abuse is reported at a place (REC2); empty: nothing is published."""

    outside = _words(
        _("To residents, in English"), 800, area=True, required=False,
        help_text=_("Whom outside the agency they may tell, without a name if they wish; whom to call for help."),
    )  # fmt: skip
    outside_es = _words(_("To residents, in Spanish"), 800, area=True, required=False)
    others = _words(
        _("To family and everybody, in English"), 800, area=True, required=False,
        help_text=_("How they report for somebody here. It is on the public page of the facility."),
    )  # fmt: skip
    others_es = _words(_("To family and everybody, in Spanish"), 800, area=True, required=False)


class EditForm(forms.Form):
    """A form of a facility, as its administrator writes it. Numbers are the law's or the place's, never ours."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=[(one.value, wording.KINDS[one]) for one in Kind], widget=forms.RadioSelect
    )
    name = _words(_("Name in English"), 80)
    name_es = _words(_("Name in Spanish"), 80, required=False)
    desk = _words(
        _("Who answers"), 40, required=False,
        help_text=_("The queue is sorted by it, such as “Property” or “Medical”."),
    )  # fmt: skip
    intro = _words(_("What to know first, in English"), 600, area=True, required=False)
    intro_es = _words(_("What to know first, in Spanish"), 600, area=True, required=False)
    questions = forms.CharField(
        label=_("Questions"),
        max_length=8000,
        error_messages={"required": _("A form needs at least one question.")},
        help_text=_(
            "One a line: line, text, choice or day, a colon, the question in English, a bar, in Spanish. A question "
            "mark after the first word: may stay empty. Choices follow after more bars, each as English = Spanish."
        ),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )
    answer_days = _whole(_("Working days for an answer"), 60, initial=5)
    levels = _whole(
        _("Levels"), 3, initial=1, help_text=_("How often it may be asked; each time another person answers.")
    )
    ask_again_days = _whole(_("Working days to ask again"), 60, initial=5)
    emergency_hours = _whole(
        _("Emergency: hours for a first answer"), 72, required=False,
        help_text=_("Grievances only; empty: none. The federal rule (28 CFR 115.52(f)) is 48 hours."),
    )  # fmt: skip
    emergency_days = _whole(
        _("Emergency: calendar days for the answer"), 30, required=False, help_text=_("The federal rule is 5 days.")
    )

    def __init__(self, *args: Any, row: RequestForm | None = None, **kwargs: Any) -> None:
        self.row = row
        super().__init__(*args, **kwargs)
        if row is not None:
            shown = {name: getattr(row, name) for name in self.fields if name != "questions"}
            shown["questions"] = rules.as_text(rules.questions_of(row.questions))
            self.initial = {**shown, **self.initial}

    def clean_questions(self) -> list[dict[str, Any]]:
        try:
            return [one.as_json() for one in rules.questions_from(self.cleaned_data["questions"])]
        except BadQuestions as wrong:
            raise forms.ValidationError(str(wording.QUESTIONS[wrong.code]) % {"line": wrong.line}) from None

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        hours, days = values.get("emergency_hours"), values.get("emergency_days")
        if (hours is None) != (days is None):
            self.add_error("emergency_days", _("An emergency has both deadlines, or none."))
        if hours and values.get("kind") == Kind.REQUEST:
            self.add_error("emergency_hours", _("Only a grievance can be an emergency."))
        return values

    def values(self) -> dict[str, Any]:
        """What `flows.requests.save_form` asks for, of a valid form. The short name stays what it was at first."""
        code = self.row.code if self.row else slugify(self.cleaned_data["name"])[:40] or "form"
        return {**self.cleaned_data, "code": code}
