"""What people type about money: an amount. Dollars as text in, integer cents out; each mistake has its own sentence."""

import re
import unicodedata
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from kinline.core.cards import looks_like_card
from kinline.core.money import dollars

LONGEST = 40
_SECRET_DIGITS = 12  # an amount never has so many; a card number has more
_MINUS = "-\u2212\u2013"
_OUR_SIGNS = re.compile(r"^(?:US\s?\$|USD|\$)\s*|\s*(?:US\s?\$|USD|\$|d[oó]la(?:r|res)|dollars?)$", re.IGNORECASE)
_PLAIN = re.compile(r"[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+")
_CENTS = re.compile(r"[0-9]*")


class AmountField(forms.CharField):
    """An amount of US dollars as people write it ("25", "$25.50", "1,000.00", "25,50"); cleaned to integer cents.

    `limit_cents`: the most at a time, else the setting. How little may come is the flow's: it depends on for whom.
    A text that could hold a card number is refused and never given back to the page (PCI1).
    """

    default_error_messages = {
        "required": _("Type an amount, such as 25.00."),
        "invalid": _("This is not an amount. Type dollars and cents, such as 25.00."),
        "zero": _("Nothing would be added. Type an amount above zero."),
        "negative": _("An amount cannot be below zero. To get money back, ask for a refund."),
        "fraction": _("A cent is the smallest amount there is. Type dollars and cents, such as 25.00."),
        "currency": _("Only US dollars can be used here. Type the amount in dollars, such as 25.00."),
        "card": _(
            "This looks like a card number. We did not keep it. Type only the amount here; "
            "your card is asked for on the next page, by the card processor."
        ),
    }

    def __init__(self, *, limit_cents: int | None = None, **kwargs: Any) -> None:
        self.limit_cents = limit_cents
        kwargs.setdefault("label", _("Amount"))
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "maxlength": LONGEST})
        )
        super().__init__(**kwargs)

    def bound_data(self, data: Any, initial: Any) -> Any:
        """What the page shows again."""
        return "" if _is_secret(str(data or "")) else super().bound_data(data, initial)

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> BoundField:
        """Cents given as the first value are written as dollars."""
        first = form.get_initial_for_field(self, field_name)
        if isinstance(first, int):
            form.initial[field_name] = f"{first // 100}.{first % 100:02d}"
        return super().get_bound_field(form, field_name)

    def clean(self, value: Any) -> Any:
        """Integer cents above zero; None when empty and not required."""
        typed = str(value or "")
        if looks_like_card(typed):
            raise self._wrong("card")
        typed = unicodedata.normalize("NFKC", typed).strip()
        if not typed:
            super().clean("")
            return None
        return self._checked(self._cents(typed))

    def _cents(self, typed: str) -> int:
        bare = _bare(typed)
        if _other_currency(bare):
            raise self._wrong("currency")
        whole, cents = _parts(bare)
        if len(bare) > LONGEST or not (whole + cents and _PLAIN.fullmatch(whole or "0") and _CENTS.fullmatch(cents)):
            raise self._wrong("invalid")
        if _is_below_zero(typed) and (whole + cents).strip("0,"):
            raise self._wrong("negative")
        if len(cents) > 2:
            raise self._wrong("fraction")
        return int(whole.replace(",", "") or "0") * 100 + int((cents + "00")[:2])

    def _checked(self, cents: int) -> int:
        if cents == 0:
            raise self._wrong("zero")
        if cents > self._limit:
            raise self._too_large()
        return cents

    @property
    def _limit(self) -> int:
        return settings.DEPOSIT_LIMIT_CENTS if self.limit_cents is None else self.limit_cents

    def _wrong(self, code: str) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code)

    def _too_large(self) -> ValidationError:
        sentence = _("The largest amount at a time is %(limit)s.")
        return ValidationError(sentence, code="too_large", params={"limit": dollars(self._limit)})


def _bare(typed: str) -> str:
    """Without what says dollars or below zero."""
    around = _MINUS + "() "
    return _OUR_SIGNS.sub("", typed.strip(around)).strip(around)


def _is_below_zero(typed: str) -> bool:
    """ "-5", "$-5", and "(5)" as accountants write it."""
    return any(sign in typed for sign in _MINUS) or (typed[0] == "(" and typed[-1] == ")")


def _is_secret(typed: str) -> bool:
    return looks_like_card(typed) or sum(letter.isdigit() for letter in typed) > _SECRET_DIGITS


def _other_currency(bare: str) -> bool:
    """A sign or three letters of another currency beside digits: "€20", "20 EUR", "MXN 200"."""
    signs = any(unicodedata.category(letter) == "Sc" for letter in bare)
    letters = re.sub(r"[^A-Za-z]", "", bare)
    return signs or (len(letters) == 3 and letters.isupper() and any(letter.isdigit() for letter in bare))


def _parts(bare: str) -> tuple[str, str]:
    """Dollars and what follows the point; a comma before exactly two digits is a point as well ("25,50")."""
    if re.fullmatch(r"[0-9]+,[0-9]{2}", bare):
        bare = bare.replace(",", ".")
    whole, _point, cents = bare.partition(".")
    return whole, cents
