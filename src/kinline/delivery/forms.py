"""What staff type: a rule, from when rules count, a text to try, lists and their words (DEL-1, DEL-2, STF-6)."""

import base64
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kinline.core.parties import FAMILY, RESIDENT
from kinline.delivery.errors import PHRASE_FAULTS
from kinline.delivery.rules import LONGEST_WAIT_MINUTES, BadRule, parse
from kinline.delivery.services.lists import fault
from kinline.delivery.wording import TIERS
from kinline.identity.forms.fields import LineField

_ANY = ("", _("does not matter"))
THEN = (
    ("deliver", _("Deliver at once")),
    ("wait", _("Deliver after some minutes")),
    ("hours", _("Deliver only inside hours")),
    ("review", _("Hold: a person reads it first")),
    ("refuse", _("Do not deliver, and say why")),
)
_YES_NO = (("links", "with_links"), ("photos", "with_photos"), ("watched", "with_watched"), ("first", "first"))


def _choice(label: Any, *options: tuple[str, Any], **more: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=(_ANY, *options), required=False, **more)


def _clock(label: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label, required=False, widget=forms.TimeInput({"type": "time", "class": "short"}, format="%H:%M"),
        error_messages={"invalid": _("Type a time of day, such as 07:00.")},
    )  # fmt: skip


def _number(label: Any, least: int, most: int, hint: Any = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=least, max_value=most, required=False, help_text=hint,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "class": "short"}),
    )  # fmt: skip


def _area(label: Any, rows: int, most: int, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, widget=forms.Textarea({"rows": rows, "dir": "auto"}), **more)


class RuleForm(forms.Form):
    """One rule of a draft. `revision`: of the draft that was looked at."""

    rule = forms.RegexField(
        r"^[a-z0-9][a-z0-9-]{0,59}$", label=_("Short name"), strip=True,
        help_text=_("Small letters, digits and dashes, such as first-letters. It stands in the record."),
        error_messages={"required": _("Give the rule a short name."),
                        "invalid": _("Use small letters, digits and dashes only.")},
    )  # fmt: skip
    then = forms.ChoiceField(label=_("What happens"), choices=THEN, widget=forms.RadioSelect, initial="review")
    minutes = _number(_("Minutes to wait"), 1, LONGEST_WAIT_MINUTES)
    opens = _clock(_("Deliver from"))
    closes = _clock(_("Deliver until"))
    reason = forms.ChoiceField(label=_("Reason that people are told"), required=False)
    why_en = LineField(label=_("Explanation in English"), max_length=500, required=False)
    why_es = LineField(label=_("Explanation in Spanish"), max_length=500, required=False)
    direction = _choice(_("Written by"), (FAMILY, _("family and friends")), (RESIDENT, _("residents")))
    first = _choice(
        _("Letter of a contact"), ("yes", _("the first of this side")), ("no", _("every one after the first"))
    )
    contact_class = _choice(_("Kind of contact"), ("personal", _("personal")), ("privileged", _("verified attorney")))
    words = _area(
        _("Words or phrases, one a line"), 4, 20_000, required=False,
        help_text=_("Any of them, as whole words; case and accents do not matter. Many belong on a word list."),
    )  # fmt: skip
    longer_than = _number(_("Longer than so many characters"), 0, 30_000)
    with_links = _choice(_("Links"), ("yes", _("has a link")), ("no", _("has no link")))
    with_photos = _choice(_("Photos"), ("yes", _("has photos")), ("no", _("has no photos")))
    with_watched = _choice(
        _("People lists"), ("yes", _("one of the two is on a list")), ("no", _("neither is on a list"))
    )
    sample = _number(_("So many of 100 letters, drawn by lot"), 1, 100)
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, reasons: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reason = self.fields["reason"]
        if isinstance(reason, forms.ChoiceField):
            reason.choices = [("", _("choose one")), *reasons]

    def clean_words(self) -> list[str]:
        lines = [line.strip() for line in str(self.cleaned_data["words"]).splitlines() if line.strip()]
        for line in lines:
            if wrong := fault(line):
                raise ValidationError(_("“%(text)s”: %(why)s"), params={"text": line[:60], "why": PHRASE_FAULTS[wrong]})
        return lines

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name, sentence in self._needed(cleaned):
            if name not in self.errors and cleaned.get(name) in (None, ""):
                self.add_error(name, sentence)
        if cleaned.get("then") == "hours" and cleaned.get("opens") and cleaned.get("opens") == cleaned.get("closes"):
            self.add_error("closes", _("Both times are the same. Choose two that differ."))
        if not self.errors:
            try:
                parse([self.as_rule()])
            except BadRule as bad:  # what the fields above let pass: said as the rules say it
                self.add_error(None, f"{bad.rule}: {bad.why}")
        return cleaned

    def _needed(self, cleaned: Mapping[str, Any]) -> list[tuple[str, Any]]:
        then = cleaned.get("then")
        if then == "wait":
            return [("minutes", _("Type how many minutes."))]
        if then == "hours":
            return [("opens", _("Type when delivery begins.")), ("closes", _("Type when delivery ends."))]
        if then == "refuse":
            return [("reason", _("Choose a reason: people are told.")), ("why_en", _("Explain it: people are told."))]
        return []

    def as_rule(self) -> dict[str, Any]:
        """As `rules.parse` reads it."""
        typed = self.cleaned_data
        rule: dict[str, Any] = {"id": typed["rule"], "then": typed["then"]}
        if typed["then"] == "wait":
            rule["minutes"] = typed["minutes"]
        if typed["then"] == "hours":
            rule |= {"from": f"{typed['opens']:%H:%M}", "to": f"{typed['closes']:%H:%M}"}
        if typed["then"] == "refuse":
            rule["reason"] = typed["reason"]
        why = {language: typed[f"why_{language}"] for language in ("en", "es") if typed.get(f"why_{language}")}
        when = self._when(typed)
        return rule | ({"why": why} if why else {}) | ({"when": when} if when else {})

    def _when(self, typed: Mapping[str, Any]) -> dict[str, Any]:
        plain = {"direction": typed["direction"], "class": typed["contact_class"], "words": typed["words"],
                 "longer_than": typed["longer_than"], "sample": typed["sample"]}  # fmt: skip
        when = {name: value for name, value in plain.items() if value not in ("", None, [])}
        return when | {key: typed[field] == "yes" for key, field in _YES_NO if typed[field]}


def rule_typed(rule: Mapping[str, Any]) -> dict[str, Any]:
    """A rule as `RuleForm` shows it."""
    when, why = rule.get("when", {}), rule.get("why", {})
    typed = {
        "rule": rule["id"], "then": rule["then"], "minutes": rule.get("minutes"), "opens": rule.get("from"),
        "closes": rule.get("to"), "reason": rule.get("reason", ""), "why_en": why.get("en", ""),
        "why_es": why.get("es", ""), "direction": when.get("direction", ""),
        "contact_class": when.get("class", ""), "words": "\n".join(when.get("words", ())),
        "longer_than": when.get("longer_than"), "sample": when.get("sample"),
    }  # fmt: skip
    return typed | {field: {True: "yes", False: "no"}.get(when.get(key), "") for key, field in _YES_NO}


class PublishForm(forms.Form):
    """From when the draft counts, in the facility's time; without a day: from now on."""

    day = forms.DateField(label=_("From the day"), required=False, widget=forms.DateInput({"type": "date"}),
                          help_text=_("Empty: from now on."))  # fmt: skip
    at = _clock(_("At"))
    note = LineField(
        label=_("Why"), max_length=300, help_text=_("Stands in the history."),
        ask=_("Write in a sentence why the rules change."),
    )  # fmt: skip
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, time_zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = ZoneInfo(time_zone)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        day, at = cleaned.get("day"), cleaned.get("at")
        cleaned["effective_from"] = None
        if day is None and at is not None:
            self.add_error("day", _("Choose the day, too."))
        elif day is not None and not self.errors:
            cleaned["effective_from"] = self._moment(datetime.combine(day, at or datetime.min.time()))
        return cleaned

    def _moment(self, wall: datetime) -> datetime | None:
        """The first moment at which clocks there show this; an hour that clocks leave out is none."""
        moment = wall.replace(tzinfo=self.zone)
        try:
            there = moment.astimezone(ZoneInfo("UTC")).astimezone(self.zone)
        except OverflowError:
            there = None
        if there is None or there.replace(tzinfo=None) != wall:
            self.add_error("at", _("Clocks do not show this time on that day. Choose another."))
            return None
        return moment


class TryForm(forms.Form):
    """A text, as if it were sent now."""

    rules = forms.ChoiceField(label=_("With"), widget=forms.RadioSelect)
    text = _area(_("Text"), 8, 30_200, error_messages={"required": _("Type or paste a text.")})
    sender = forms.ChoiceField(
        label=_("Written by"), choices=((FAMILY, _("family and friends")), (RESIDENT, _("residents")))
    )
    first = forms.BooleanField(label=_("It is the first letter between the two"), required=False)

    def __init__(self, *args: Any, has_draft: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = self.fields["rules"]
        if isinstance(rules, forms.ChoiceField):
            now, draft = ("now", _("the rules that count now")), ("draft", _("the draft"))
            rules.choices = (draft, now) if has_draft else (now,)
            rules.initial = rules.choices[0][0]


_KINDS = (("words", _("words and phrases")), ("numbers", _("telephone numbers")), ("people", _("people")))


class ListForm(forms.Form):
    """A list: for what, whose, until when; what people are told if its words refuse."""

    kind = forms.ChoiceField(
        label=_("A list of"), choices=_KINDS,
        widget=forms.RadioSelect, initial="words",
    )  # fmt: skip
    name = LineField(label=_("Name"), ask=_("Name the list."), max_length=80)
    purpose = LineField(label=_("Why it is needed"), ask=_("Write why it is needed."), max_length=300)
    owner = forms.ChoiceField(label=_("Who answers for it"))
    until = forms.DateField(
        label=_("Its last day"), widget=forms.DateInput({"type": "date"}),
        help_text=_("At most a year away. After it the list stops and says so."),
        error_messages={"required": _("Choose its last day.")},
    )  # fmt: skip
    reason = forms.ChoiceField(
        label=_("Reason, if its words refuse"),
        required=False,
        help_text=_("Without a reason and an explanation, words that should refuse hold the letter instead."),
    )
    why_en = LineField(label=_("Explanation in English"), max_length=500, required=False)
    why_es = LineField(label=_("Explanation in Spanish"), max_length=500, required=False)

    def __init__(
        self, *args: Any, owners: Iterable[tuple[int, str]], reasons: Iterable[tuple[str, str]], kind: str = "",
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self._choose("owner", owners)
        self._choose("reason", [("", _("none")), *reasons])
        if kind:
            del self.fields["kind"]
        if kind == "people":
            for name in ("reason", "why_en", "why_es"):
                del self.fields[name]

    def _choose(self, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = list(choices)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("reason") and not cleaned.get("why_en"):
            self.add_error("why_en", _("Explain it: people are told."))
        return cleaned

    def values(self) -> dict[str, Any]:
        """As the verbs take them."""
        typed = self.cleaned_data
        why = {language: typed[f"why_{language}"] for language in ("en", "es") if typed.get(f"why_{language}")}
        return {"name": typed["name"], "purpose": typed["purpose"], "owner_id": int(typed["owner"]),
                "until": typed["until"], "reason_code": typed.get("reason", ""), "why": why}  # fmt: skip


class PhraseForm(forms.Form):
    """Words or numbers for a list of that kind."""

    words = _area(_("Words or phrases, one a line"), 3, 20_000, error_messages={"required": _("Type a word.")})
    tier = forms.ChoiceField(
        label=_("What they do"), choices=list(TIERS.items()), widget=forms.RadioSelect, initial="review"
    )

    def __init__(self, *args: Any, kind: str = "words", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind == "numbers":
            self.fields["words"].label = _("Telephone numbers, one a line")
            self.fields["words"].error_messages["required"] = _("Type a number.")

    def clean_words(self) -> list[str]:
        return [line.strip() for line in str(self.cleaned_data["words"]).splitlines() if line.strip()]


class PersonForm(forms.Form):
    """Somebody for a list of people."""

    who = LineField(label=_("ID number of a resident, or user name of a family member"), max_length=254,
                    ask=_("Type an ID number or a user name."))  # fmt: skip
    tier = forms.ChoiceField(
        label=_("What it does"), choices=[(key, TIERS[key]) for key in ("alert", "review")], widget=forms.RadioSelect,
        initial="review",
    )  # fmt: skip


FILE_BYTES = 3_000_000


class WordsFileForm(forms.Form):
    """A file of words; the second time it comes back as text that the page carried."""

    file = forms.FileField(
        label=_("File"), required=False, max_length=120, widget=forms.ClearableFileInput({"accept": ".csv,.txt"}),
        help_text=_("CSV or plain text, one word or phrase a line; a second column may say alert, review or refuse."),
    )  # fmt: skip
    tier = forms.ChoiceField(
        label=_("Without a second column they do"), choices=list(TIERS.items()), widget=forms.RadioSelect,
        initial="review",
    )  # fmt: skip
    carried = forms.CharField(required=False, widget=forms.HiddenInput)
    content: bytes = b""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        file, carried = cleaned.get("file"), cleaned.get("carried", "")
        if file is not None and file.size > FILE_BYTES:
            self.add_error("file", _("This file is too large. Send it as several files."))
        elif file is not None:
            self.content = file.read()
        elif carried:
            self.content = _decoded(carried)
        if not self.content.strip() and not self.errors:
            self.add_error("file", _("Choose a file that is not empty."))
        return cleaned


def _decoded(carried: str) -> bytes:
    try:
        return base64.b64decode(carried, validate=True)
    except ValueError:
        return b""
