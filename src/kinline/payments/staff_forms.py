"""What finance staff type: money over the counter, and what became of money that goes out (MON-3, MON-6)."""

from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kinline.core.cards import looks_like_card
from kinline.identity.forms.fields import LineField
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
    reference = SafeLine(label=_("Number of the money order"), max_length=80, required=False)
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
