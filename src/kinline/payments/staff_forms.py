"""What finance staff type: money over the counter, and what became of money that goes out (MON-3, MON-6)."""

import base64
from datetime import date
from typing import Any, cast
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kinline.core.cards import looks_like_card
from kinline.identity.forms.fields import LineField
from kinline.payments.deposit_file import BYTES
from kinline.payments.forms import AmountField

KINDS = (
    ("resident", _("A resident's message credits")),
    ("calls", _("A resident's calling account (PIN Debit)")),
    ("phone", _("A prepaid number (PPC)")),
    ("family", _("A family member's message credits")),
)
METHODS = (("cash", _("Cash")), ("money_order", _("Money order")))


class SafeLine(LineField):
    """A line that never keeps, and never shows again, what looks like the number of a card (PCI1)."""

    def bound_data(self, data: Any, initial: Any) -> Any:
        return "" if looks_like_card(str(data or "")) else super().bound_data(data, initial)

    def to_python(self, value: Any) -> str:
        if looks_like_card(str(value or "")):
            raise ValidationError(_("This looks like a card number. We did not keep it. Leave it out."), code="card")
        return super().to_python(value)


class TakeForm(forms.Form):
    """Money over the counter: for whom, how much, how. `account` is chosen when a name means several."""

    kind = forms.ChoiceField(label=_("For"), choices=KINDS, widget=forms.RadioSelect, initial="resident")
    who = SafeLine(
        label=_("Who"),
        ask=_("Type an ID number, a name, a telephone number or a user name."),
        max_length=120,
        help_text=_("ID number or name of the resident, telephone number, or user name of the family member."),
    )
    amount = AmountField()
    method = forms.ChoiceField(label=_("Paid with"), choices=METHODS, widget=forms.RadioSelect, initial="cash")
    reference = SafeLine(
        label=_("Number of the money order"), max_length=80, required=False, help_text=_("Not for cash.")
    )
    payer_name = SafeLine(label=_("Who pays"), max_length=160, required=False, help_text=_("For the receipt."))
    account = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"key": uuid4(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        for name in ("amount", "reference"):
            self.fields[name].widget.attrs["class"] = "medium"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("method") == "money_order" and not cleaned.get("reference") and "reference" not in self.errors:
            self.add_error("reference", _("Type the number that is printed on the money order."))
        return cleaned


class DaysForm(forms.Form):
    """A range of days; what cannot be read is as if it were not there."""

    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput({"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput({"type": "date"}))

    def days(self, first: date, last: date) -> tuple[date, date]:
        """From–to, else the given ones; the wrong way round they are turned."""
        found = self.cleaned_data if self.is_valid() else {}
        since, until = found.get("since") or first, found.get("until") or last
        return min(since, until), max(since, until)


FAMILY_WAYS = (("cheque", _("Cheque")), ("cash", _("Cash at the counter")))
RESIDENT_WAYS = (("trust", _("Trust account")), ("release_card", _("Release card")), *FAMILY_WAYS)


class SettleForm(forms.Form):
    """It was paid: how, and under which number."""

    way = forms.ChoiceField(label=_("Paid by"), choices=RESIDENT_WAYS, widget=forms.RadioSelect)
    reference = SafeLine(
        label=_("Number of the cheque, card or transfer"), max_length=80, required=False,
        help_text=_("Needed for everything but cash."),
    )  # fmt: skip

    def __init__(self, *args: Any, resident: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["way"]).choices = RESIDENT_WAYS if resident else FAMILY_WAYS


class AddressForm(forms.Form):
    """Where a cheque can be sent."""

    name = SafeLine(label=_("Name on the cheque"), ask=_("Type the name."), max_length=161)
    address = forms.CharField(
        label=_("Address"), max_length=600, widget=forms.Textarea({"rows": 4, "autocomplete": "off"}),
        error_messages={"required": _("Type the address.")},
    )  # fmt: skip
    region = SafeLine(label=_("State"), max_length=80, required=False, help_text=_("Two letters, such as NY."))

    def clean_address(self) -> str:
        text = str(self.cleaned_data["address"])
        if looks_like_card(text):
            raise ValidationError(_("This looks like a card number. We did not keep it. Leave it out."), code="card")
        return "\n".join(line.strip() for line in text.replace("\x00", "").splitlines() if line.strip())


class ReferenceForm(forms.Form):
    """The number of the report with which unclaimed money went to a state."""

    reference = SafeLine(label=_("Number of the state's report"), ask=_("Type the number."), max_length=80)


class ExplainForm(forms.Form):
    """What a difference was."""

    explanation = forms.CharField(
        label=_("What it was"), max_length=2000, widget=forms.Textarea({"rows": 4}),
        error_messages={"required": _("Write what it was, so that the next person understands it.")},
    )  # fmt: skip


class NumberForm(forms.Form):
    """Who showed a telephone, and its number (TEL-8)."""

    login = SafeLine(label=_("User name"), ask=_("Type the user name of the family member."), max_length=254)
    number = SafeLine(label=_("Telephone number"), ask=_("Type the telephone number."), max_length=40)


class AllowanceForm(forms.Form):
    """So much a resident and week that the agency pays (MON-8)."""

    kind = forms.ChoiceField(
        label=_("What the agency pays"), choices=(("messages", _("Letters")), ("minutes", _("Minutes of calls"))),
        widget=forms.RadioSelect, initial="messages",
    )  # fmt: skip
    per_week = forms.IntegerField(
        label=_("For each resident and week"), min_value=0, max_value=10_080, help_text=_("0 ends it."),
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "class": "short"}),
    )  # fmt: skip


class AgencyPaidForm(forms.Form):
    """Money of the agency that came to the bank."""

    amount = AmountField(limit_cents=1_000_000_000)
    reference = SafeLine(
        label=_("Number of the transfer or cheque"), ask=_("Type the number."), max_length=80,
        help_text=_("The same number and amount again is the same payment."),
    )  # fmt: skip


class MonthForm(forms.Form):
    month = forms.RegexField(r"^(20[0-9]{2})-(0[1-9]|1[0-2])$", required=False)

    def first(self, otherwise: date) -> date:
        """The first day of the month that is asked for."""
        found = self.cleaned_data["month"] if self.is_valid() else ""
        return date.fromisoformat(f"{found}-01") if found else otherwise.replace(day=1)


class FileForm(forms.Form):
    """A file of deposits; the second time it may come back as text that the page carried."""

    file = forms.FileField(
        label=_("File"), required=False, max_length=120, widget=forms.ClearableFileInput({"accept": ".csv,text/csv"}),
        help_text=_("CSV with the columns account, amount, reference; the last line is the total."),
    )  # fmt: skip
    name = forms.CharField(max_length=120, required=False, widget=forms.HiddenInput)
    carried = forms.CharField(required=False, widget=forms.HiddenInput)
    content: bytes = b""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        file, carried = cleaned.get("file"), cleaned.get("carried", "")
        if file is not None and file.size > BYTES:
            self.add_error("file", _("This file is too large. Send it as several files."))
        elif file is not None:
            self.content, cleaned["name"] = file.read(), str(file.name)[:120]
        elif carried:
            self.content = _decoded(carried)
        if not self.content and not self.errors:
            self.add_error("file", _("Choose a file that is not empty."))
        return cleaned


def _decoded(carried: str) -> bytes:
    try:
        return base64.b64decode(carried, validate=True)
    except ValueError:
        return b""
