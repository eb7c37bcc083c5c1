"""The forms of the family's money pages: buying, getting back, topping up, numbers."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kinline.core.cards import looks_like_card
from kinline.core.errors import Refusal
from kinline.core.money import dollars
from kinline.family.balances import Choice
from kinline.payments.errors import CapBelowAmount
from kinline.payments.forms import AmountField
from kinline.payments.queries.numbers import NumberView
from kinline.payments.queries.targets import Target
from kinline.payments.services import Terms

SUGGESTED_CENTS = (500, 1000, 2500, 5000)
LABEL_LONGEST = 60
NO_LIMIT_CENTS = 10**9  # what is there is the limit


def as_typed(cents: int) -> str:
    """`2500` → `25.00`: an amount as a field holds it."""
    return f"{cents // 100}.{cents % 100:02d}"


class KeyField(forms.UUIDField):
    """Made with the page and makes a repeat harmless. A page that lost it gets a fresh one and nothing else is said."""

    def __init__(self) -> None:
        super().__init__(required=False, widget=forms.HiddenInput, initial=uuid4)

    def clean(self, value: Any) -> Any:
        try:
            return super().clean(value) or uuid4()
        except ValidationError:
            return uuid4()


class BuyForm(forms.Form):
    """For whom and how much. The suggested amounts and the typed one are one question: both, and different, is asked.

    The field of whom is named `for`.
    """

    suggested = forms.TypedChoiceField(
        label=_("Amount"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[(cents, dollars(cents)) for cents in SUGGESTED_CENTS],
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose an amount, or type one, such as 25.00.")},
    )
    amount = AmountField(label=_("Another amount"), required=False)
    key = KeyField()

    def __init__(self, choices: Sequence[Choice], data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.targets: dict[str, Target] = {one.target.code: one.target for one in choices}
        self.fields["for"] = forms.ChoiceField(
            label=_("For whom?"),
            choices=[(one.target.code, one.title) for one in choices],
            widget=forms.RadioSelect,
            error_messages={
                "required": _("Choose for whom the money is."),
                "invalid_choice": _("Choose for whom the money is."),
            },
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        picked, typed = cleaned.get("suggested"), cleaned.get("amount")
        if picked and typed and picked != typed:
            both = {"picked": dollars(picked), "typed": dollars(typed)}
            self.add_error("amount", _("You chose %(picked)s and typed %(typed)s. Keep one of them.") % both)
        elif not picked and not typed and not self.errors.get("amount"):
            self.add_error("amount", _("Choose an amount, or type one, such as 25.00."))
        cleaned["cents"] = typed or picked
        return cleaned

    @property
    def target(self) -> Target:
        return self.targets[self.cleaned_data["for"]]

    def as_query(self) -> dict[str, str]:
        """What was chosen, for the address of the look at it. Only what was understood: never a card number."""
        chosen, cents, key = self.cleaned_data["for"], self.cleaned_data["cents"], self.cleaned_data["key"]
        return {"look": "1", "for": chosen, "amount": as_typed(cents), "key": str(key)}

    def refused(self, no: Refusal) -> "BuyForm":
        """The same form with what the flow said."""
        about = "amount" if "amount" in no.code else None
        self.add_error(about, str(no))
        return self


class LineField(forms.CharField):
    """One line that is no amount. What could be a card number is refused and never given back (PCI1)."""

    def bound_data(self, data: Any, initial: Any) -> Any:
        return "" if looks_like_card(str(data or "")) else super().bound_data(data, initial)

    def clean(self, value: Any) -> Any:
        if looks_like_card(str(value or "")):
            raise ValidationError(_("This looks like a card number. We did not keep it."), code="card")
        return super().clean(value)


class NumberForm(forms.Form):
    """A telephone number for one's own page, and what its owner calls it."""

    number = LineField(
        label=_("Telephone number"),
        help_text=_("Yours or somebody else's, with its area code."),
        max_length=60,
        error_messages={"required": _("Type a telephone number with its area code.")},
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "off", "class": "medium"}),
    )
    label = LineField(
        label=_("What you call it"),
        help_text=_("For example “Home” or “Grandmother”."),
        max_length=LABEL_LONGEST,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "medium"}),
    )


class CodeForm(forms.Form):
    """The code that the automatic call speaks."""

    code = LineField(
        label=_("Code"),
        help_text=_("6 digits. Spaces and dashes do not matter."),
        max_length=30,
        error_messages={"required": _("Type the code.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "lone"}),
    )


class CallMeForm(forms.Form):
    """Which of my numbers is to be called, and a few words, or none (TEL-13)."""

    text = LineField(
        label=_("A few words"),
        help_text=_("Such as when you are at home. The facility can read them."),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, numbers: Sequence[NumberView], data: Any = None) -> None:
        super().__init__(data)
        self.numbers = {str(one.id): one for one in numbers}
        said = [(key, _named(one)) for key, one in self.numbers.items()]
        self.fields["number"] = forms.ChoiceField(
            label=_("Which number should they call?"),
            choices=said,
            initial=said[0][0] if said else None,
            widget=forms.RadioSelect,
            error_messages={
                "required": _("Choose a number."),
                "invalid_choice": _("Choose a number."),
            },
        )

    @property
    def number(self) -> NumberView:
        return self.numbers[self.cleaned_data["number"]]


def _named(one: NumberView) -> str:
    return one.shown if one.name == one.shown else f"{one.name}, {one.shown}"


class RefundForm(forms.Form):
    """Which balance, and how much of it; `most_cents` is what there is."""

    amount = AmountField(
        label=_("How much?"),
        limit_cents=NO_LIMIT_CENTS,
        error_messages={
            "zero": _("Type an amount above zero."),
            "negative": _("An amount cannot be below zero."),
            "card": _("This looks like a card number. We did not keep it. Type only the amount: we know the card."),
        },
    )
    key = KeyField()

    def __init__(self, accounts: Sequence[tuple[str, str]], data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["for"] = forms.ChoiceField(
            label=_("From which balance?"),
            choices=accounts,
            error_messages={
                "required": _("Choose from which balance."),
                "invalid_choice": _("Choose from which balance."),
            },
        )

    def as_query(self) -> dict[str, str]:
        chosen, cents, key = self.cleaned_data["for"], self.cleaned_data["amount"], self.cleaned_data["key"]
        return {"look": "1", "for": chosen, "amount": as_typed(cents), "key": str(key)}


class TopUpForm(forms.Form):
    """When to add, how much, and at most how much in a month (MON-3). Opt-in: nothing is ticked beforehand."""

    below = AmountField(label=_("When there is less than"))
    amount = AmountField(label=_("Add each time"))
    cap = AmountField(label=_("At most in a calendar month"), limit_cents=NO_LIMIT_CENTS)
    key = KeyField()

    def __init__(self, choices: Sequence[Choice], data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.targets: dict[str, Target] = {one.target.code: one.target for one in choices}
        self.fields["for"] = forms.ChoiceField(
            choices=[(one.target.code, one.title) for one in choices],
            error_messages={
                "required": _("Choose for whom the money is."),
                "invalid_choice": _("Choose for whom the money is."),
            },
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        amount, cap = cleaned.get("amount"), cleaned.get("cap")
        if amount and cap and cap < amount:
            self.add_error("cap", str(CapBelowAmount()))
        return cleaned

    @property
    def target(self) -> Target:
        return self.targets[self.cleaned_data["for"]]

    def as_query(self) -> dict[str, str]:
        amounts = {name: as_typed(self.cleaned_data[name]) for name in ("below", "amount", "cap")}
        return {"look": "1", "for": self.cleaned_data["for"], **amounts, "key": str(self.cleaned_data["key"])}

    @property
    def terms(self) -> Terms:
        return Terms(self.cleaned_data["below"], self.cleaned_data["amount"], self.cleaned_data["cap"])

    def refused(self, no: Refusal) -> "TopUpForm":
        self.add_error("cap" if isinstance(no, CapBelowAmount) else "amount" if "amount" in no.code else None, str(no))
        return self
