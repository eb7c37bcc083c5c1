"""What staff type about a place: its screens, its units, its settings (KSK-1, STF-2, CON-2)."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from kinline.facilities.errors import ReasonNotNeutral
from kinline.facilities.models import Facility
from kinline.facilities.rules import LONGEST_CODE, RANGES, about_opinion


class KioskForm(forms.Form):
    unit = forms.TypedChoiceField(label=_("Unit"), coerce=int, error_messages={"required": _("Choose a unit.")})
    label = forms.CharField(
        label=_("Name of the screen"), max_length=60, widget=forms.TextInput({"autocomplete": "off"}),
        help_text=_("As staff know it, such as: West, by the door."),
        error_messages={"required": _("Give it a name.")},
    )  # fmt: skip

    def __init__(self, *args: Any, units: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit = self.fields["unit"]
        assert isinstance(unit, forms.TypedChoiceField)  # noqa: S101  (declared above)
        unit.choices = list(units)


class HolidayForm(forms.Form):
    """A day on which the agency does not work (DEL-6)."""

    day = forms.DateField(
        label=_("Day"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose a day.")},
    )  # fmt: skip
    name = forms.CharField(
        label=_("What it is"), max_length=80, widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": _("Give it a name.")},
    )  # fmt: skip

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if not self._today <= day <= self._today.replace(year=self._today.year + 5, day=1):
            raise forms.ValidationError(_("Choose a day from today on, within five years."))
        return day


class AppealDaysForm(forms.Form):
    """How long one may appeal, and how long an answer may take: never 0 (M2, M4)."""

    sender_appeal_days = forms.IntegerField(label=_("Days to appeal, for whoever wrote"), min_value=1, max_value=365)
    resident_appeal_days = forms.IntegerField(label=_("Days to appeal, for the other side"), min_value=1, max_value=365)
    appeal_decision_days = forms.IntegerField(label=_("Working days for the answer"), min_value=1, max_value=100)


class UnitForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the unit"), max_length=40, widget=forms.TextInput({"autocomplete": "off"}),
        help_text=_("As staff and rosters call it."), error_messages={"required": _("Give it a name.")},
    )  # fmt: skip


def _sentence(label: Any, help_text: Any, missing: Any) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, max_length=200, widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": missing},
    )  # fmt: skip


class ReasonForm(forms.Form):
    """One more reason of the public list. M9: opinion is none, and the field that names it says so."""

    text = _sentence(
        _("In English"), _("What the letter does, such as: It threatens somebody."), _("Write the reason in English.")
    )
    text_es = _sentence(
        _("In Spanish"), _("Families and residents read it in their language."), _("Write the reason in Spanish, too.")
    )
    code = forms.SlugField(
        label=_("Code"), required=False, max_length=LONGEST_CODE,
        help_text=_("For rules and the audit log; it never changes. Left empty, it is made from the English words."),
        error_messages={"invalid": _("A code is made of letters, digits and hyphens.")},
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )  # fmt: skip

    def clean_text(self) -> str:
        return self._neutral("text")

    def clean_text_es(self) -> str:
        return self._neutral("text_es")

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"].lower()
        if about_opinion(code.replace("-", " ").replace("_", " ")):
            raise forms.ValidationError(ReasonNotNeutral.sentence)
        return code

    def _neutral(self, name: str) -> str:
        text = " ".join(self.cleaned_data[name].split())  # one line in every list that shows it
        if about_opinion(text):
            raise forms.ValidationError(ReasonNotNeutral.sentence)
        return text


def _number(name: str, label: Any, help_text: Any = "") -> forms.IntegerField:
    least, most = RANGES[name]
    return forms.IntegerField(
        label=label, help_text=help_text, min_value=least, max_value=most,
        widget=forms.NumberInput({"class": "short", "min": least, "max": most}),
    )  # fmt: skip


class SettingsForm(forms.Form):
    """What a place decides for itself without a programmer. `seen`: signed, the values that the page showed."""

    contact_rule = forms.ChoiceField(
        label=_("A new contact needs"),
        choices=(
            ("open", _("nothing: letters pass at once")),
            ("consent", _("the resident's yes at the kiosk")),
            ("approval", _("approval by staff")),
            ("both", _("both: the resident's yes and approval by staff")),
        ),
        help_text=_("Holds for contacts that are asked for from now on, and for whoever comes to this place."),
    )  # fmt: skip
    messages_offered = forms.BooleanField(label=_("Electronic letters are offered here"), required=False)
    resident_deposits = forms.BooleanField(
        label=_("Families may pay money into a resident's message credits"), required=False
    )
    collect_limit = _number(
        "collect_limit", _("Collect letters that may wait between two people"), _("0: nobody writes collect.")
    )
    reply_days = _number("reply_days", _("Days that a prepaid reply waits"), _("0: none is offered."))
    photos_a_letter = _number("photos_a_letter", _("Photos that may go with a letter"), _("0: none."))
    week_starts = forms.TypedChoiceField(
        label=_("The week of allowances begins on"), coerce=int,
        choices=list(enumerate((_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"),
                                _("Sunday")))),
    )  # fmt: skip
    kiosk_idle_seconds = _number(
        "kiosk_idle_seconds",
        _("Idle seconds after which a kiosk signs out"),
        _("20 at least, so that people can read."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    @classmethod
    def of(cls, place: Facility, data: Any = None, kept: Any = None) -> "SettingsForm":
        shown = {name: getattr(place, name) for name in cls.base_fields if name != "seen"}
        return cls(data, initial={**shown, **(kept or {}), "seen": signing.dumps(shown, salt=_SALT)})

    def changes(self) -> dict[str, Any]:
        """Of the fields that differ from what the page showed."""
        seen = self.looked_at()
        return {name: self.cleaned_data[name] for name in seen if self.cleaned_data[name] != seen[name]}

    def looked_at(self) -> dict[str, Any]:
        """What the page showed; nothing where that was not our page."""
        try:
            found: dict[str, Any] = signing.loads(self.cleaned_data["seen"], salt=_SALT)
        except signing.BadSignature:
            return {}
        return found


_SALT = "kinline.facilities.settings"
