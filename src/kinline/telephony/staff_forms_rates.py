"""What staff type about prices of calls and how a place telephones (TEL-1, TEL-5, TEL-12)."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from kinline.telephony import staff_wording as words
from kinline.telephony.dialling import KINDS, e164
from kinline.telephony.models import TelephoneSettings
from kinline.telephony.queries.plans import Priced
from kinline.telephony.rating import MOST_ADDITIVE_MICRO, Rate
from kinline.telephony.staff_forms import moment

_MICRO: Final = 1_000_000
_COUNTRY = re.compile(r"([A-Z]{2})[\s,;]+\$?([0-9]{0,2}\.?[0-9]{1,6})(?:[\s,;]+\$?([0-9]{0,2}\.?[0-9]{1,6}))?")
MOST_COUNTRIES: Final = 260
NATIONAL: Final = {"US", "CA"}


def _dollars(label: Any, *, required: bool = False, most: Decimal, hint: Any = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=required, min_value=Decimal(0), max_value=most, max_digits=8, decimal_places=6,
        help_text=hint, widget=forms.TextInput({"class": "short", "inputmode": "decimal", "autocomplete": "off"}),
        error_messages={
            "required": _("Type a price such as 0.10."), "invalid": _("Type a price such as 0.10."),
            "max_value": _("This is too much: at most %(limit_value)s dollars."),
            "min_value": _("A price is not below zero."),
            "max_decimal_places": _("At most six digits behind the point."),
            "max_digits": _("At most six digits behind the point."),
            "max_whole_digits": _("This is too much."),
        },
    )  # fmt: skip


def micro(dollars: Decimal | None) -> int:
    """Dollars to micro-dollars, exactly."""
    return int((dollars or Decimal(0)) * _MICRO)


class RatesForm(forms.Form):
    """A price for each kind of places; an empty one is not called. `countries`: those that differ, one a line."""

    countries = forms.CharField(
        label=_("Countries with a price of their own"), required=False,
        widget=forms.Textarea({"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("One a line: code of the country, price, the facility's share, such as: MX 0.14 0.02"),
    )  # fmt: skip
    effective_from = moment(
        _("From"), required=True, hint=_("By the place's clock. Calls that go on then keep their price.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in reversed(KINDS):
            share = _dollars(_("Of it the facility's share"), most=Decimal(MOST_ADDITIVE_MICRO) / _MICRO)
            price = _dollars(words.PLACES[kind], most=Decimal(20))
            self.fields = {f"price_{kind}": price, f"share_{kind}": share, **self.fields}

    def pairs(self) -> Iterator[tuple[forms.BoundField, forms.BoundField]]:
        for kind in KINDS:
            yield self[f"price_{kind}"], self[f"share_{kind}"]

    def clean_countries(self) -> list[Priced]:
        found = [
            self._country(line.strip().upper()) for line in self.cleaned_data["countries"].splitlines() if line.strip()
        ]
        if len({one.country for one in found}) < len(found) or len(found) > MOST_COUNTRIES:
            raise forms.ValidationError(_("A country is there twice."))
        return found

    def _country(self, line: str) -> Priced:
        parts = _COUNTRY.fullmatch(line)
        if parts is None or parts[1] in NATIONAL:
            raise forms.ValidationError(_("This line cannot be read: %(line)s"), params={"line": line[:60]})
        total, share = micro(Decimal(parts[2])), micro(Decimal(parts[3] or 0))
        if share > min(total, MOST_ADDITIVE_MICRO):
            raise forms.ValidationError(_("The share is too much: %(line)s"), params={"line": line[:60]})
        return Priced("international", parts[1], Rate(total - share, share))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not any(cleaned.get(f"price_{kind}") is not None for kind in KINDS):
            self.add_error("price_domestic", _("Type at least one price."))
        for kind in KINDS:
            price, share = cleaned.get(f"price_{kind}"), cleaned.get(f"share_{kind}")
            if share and (price is None or share > price):
                self.add_error(f"share_{kind}", _("The share is a part of the price."))
        return cleaned

    def prices(self) -> list[Priced]:
        found = []
        for kind in KINDS:
            total, share = self.cleaned_data[f"price_{kind}"], micro(self.cleaned_data[f"share_{kind}"])
            if total is not None:
                found.append(Priced(kind, "", Rate(micro(total) - share, share)))
        return [*found, *self.cleaned_data["countries"]]


class PeopleForm(forms.Form):
    """How many were held in a year (F2)."""

    year = forms.IntegerField(
        label=_("Year"), min_value=2000, max_value=2200, widget=forms.NumberInput({"class": "short"})
    )
    person_days = forms.IntegerField(
        label=_("People held each day, added up over the year"), min_value=0, max_value=200_000_000,
        widget=forms.NumberInput({"class": "medium"}),
        help_text=_("Such as 146,000 for 400 people on every day of a year."),
    )  # fmt: skip


PAYERS = (
    ("prepaid_collect,pin_debit", _("prepaid number first, then the resident's money")),
    ("pin_debit,prepaid_collect", _("the resident's money first, then the prepaid number")),
    ("prepaid_collect", _("only the prepaid number")),
    ("pin_debit", _("only the resident's money")),
)
ASKS = (
    ("id_pin", _("ID number and PIN")),
    ("pin", _("PIN alone")),
    ("id", _("ID number alone")),
    ("nothing", _("nothing")),
)
KEYS = ("accept_key", "refuse_key", "price_key", "block_key")
_SALT = "kinline.telephony.settings"


def _number(label: Any, least: int, most: int, hint: Any = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label, help_text=hint, min_value=least, max_value=most,
        widget=forms.NumberInput({"class": "short", "min": least, "max": most}),
    )  # fmt: skip


def _key(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[(one, one) for one in "1234567890*#"])


class TelephoneForm(forms.Form):
    """How a place telephones. `seen`: signed, the values that the page showed."""

    payers = forms.ChoiceField(label=_("Who pays"), choices=PAYERS)
    asks = forms.ChoiceField(label=_("A caller keys in"), choices=ASKS)
    places = forms.MultipleChoiceField(
        label=_("Where calls may go"), choices=list(words.PLACES.items()), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one.")},
    )  # fmt: skip
    lists_numbers = forms.BooleanField(label=_("Only numbers that are approved for the caller"), required=False)
    list_limit = _number(
        _("Numbers on a resident's list, at most"), 1, 1000, _("30 at least where federal rules hold.")
    )
    courtesy_seconds = _number(
        _("Free seconds of the first call to a number without money"), 0, 300, _("0: no such call.")
    )
    ring_seconds = _number(_("Seconds that it rings"), 10, 120)
    accept_key = _key(_("Key to accept"))
    refuse_key = _key(_("Key to refuse"))
    price_key = _key(_("Key to hear the price"))
    block_key = _key(_("Key to block this number for good"))
    caller_id = forms.CharField(
        label=_("Number that is shown to who is called"), required=False, max_length=24,
        help_text=_("A number of your own that explains who calls, such as +1 518 555 0110."),
        widget=forms.TextInput({"class": "medium", "inputmode": "tel", "autocomplete": "off"}),
    )  # fmt: skip
    records_names = forms.BooleanField(
        label=_("Callers say their name in their own voice"), required=False,
        help_text=_("Once, by the menu of the telephone; whom they call hears it. Off: our voice says the name."),
    )  # fmt: skip
    cuts_forwarded = forms.BooleanField(
        label=_("End a call at a sign of forwarding or a third party"), required=False,
        help_text=_("As long as this is off, a sign is only noted. A call that ends so costs nothing."),
    )  # fmt: skip
    quota_for_privileged = forms.BooleanField(
        label=_("Quotas count calls with attorneys, too"), required=False,
        help_text=_("Courts look at this closely."),
    )  # fmt: skip
    records = forms.BooleanField(
        label=_("Record calls"), required=False,
        help_text=_("Off, as long as nobody switches it on. Read below what the law asks for."),
    )  # fmt: skip
    recordings_days = _number(_("Days that recordings are kept"), 1, 3650, _("What is older goes the next night."))
    holds = forms.ChoiceField(
        label=_("This place is a"), choices=(("jail", _("jail")), ("prison", _("prison"))),
        help_text=_("It sets the highest price that the law allows."),
    )  # fmt: skip
    additive_on_top = forms.BooleanField(
        label=_("Read the cap without the facility's share"), required=False,
        help_text=_("An open question of law: ask your counsel first."),
    )  # fmt: skip
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    @classmethod
    def of(cls, setting: TelephoneSettings, data: Any = None, kept: Any = None) -> "TelephoneForm":
        shown = {name: _shown(setting, name) for name in cls.base_fields if name != "seen"}
        return cls(data, initial={**shown, **(kept or {}), "seen": signing.dumps(shown, salt=_SALT)})

    def clean_caller_id(self) -> str:
        typed = "".join(one for one in self.cleaned_data["caller_id"] if one in "+0123456789")
        if not typed:
            return ""
        found = e164(typed if typed.startswith("+") else f"+1{typed[-10:]}")
        if found.code:
            raise forms.ValidationError(_("This is no telephone number."))
        return found.number

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        keys = [cleaned[name] for name in KEYS if name in cleaned]
        if len(set(keys)) < len(keys):
            self.add_error("accept_key", _("Each key does one thing: choose four different ones."))
        return cleaned

    def changes(self) -> dict[str, Any]:
        """Of the fields that differ from what the page showed, as columns."""
        seen = self._seen()
        return {n: _column(n, self.cleaned_data[n]) for n in seen if self.cleaned_data[n] != seen[n]}

    def looked_at(self) -> dict[str, Any]:
        return {name: _column(name, value) for name, value in self._seen().items()}

    def _seen(self) -> dict[str, Any]:
        try:
            found: dict[str, Any] = signing.loads(self.cleaned_data["seen"], salt=_SALT)
        except signing.BadSignature:
            return {}
        return found


def _shown(setting: TelephoneSettings, name: str) -> Any:
    value = getattr(setting, name)
    return ",".join(value) if name == "payers" else value


def _column(name: str, value: Any) -> Any:
    return value.split(",") if name == "payers" else value
