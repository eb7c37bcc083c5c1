"""What staff type about the record: how long it is kept, what a court holds, what they look for (MSG-8, STF-3)."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kinline.design.fields import offer
from kinline.identity.forms.fields import LineField

CLASSES = (
    ("letter", _("Letters")),
    ("refused", _("Refused letters")),
    ("privileged", _("Privileged letters")),
)
ABOUT = (
    ("message", _("One letter, by its number")),
    ("resident", _("All letters of a resident, by ID number")),
    ("family", _("All letters of a family member, by user name or email")),
)
MOST_DAYS = 36_500


def _day(label: Any, *, required: bool, hint: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label, required=required, help_text=hint, widget=forms.DateInput({"type": "date", "class": "medium"}),
        error_messages={"required": _("Choose a day."), "invalid": _("Type a day such as 2027-01-31.")},
    )  # fmt: skip


class RetentionForm(forms.Form):
    """So many days for one class, from a day on."""

    kind = forms.ChoiceField(label=_("What"), choices=CLASSES, widget=forms.RadioSelect, initial="letter")
    days = forms.IntegerField(
        label=_("Days"), min_value=0, max_value=MOST_DAYS, widget=forms.NumberInput({"class": "short"}),
        help_text=_("After a letter came to its end; a refused one when no appeal is possible any more."),
        error_messages={
            "required": _("Type a number of days."), "invalid": _("Type a number of days."),
            "min_value": _("Type a number of days."), "max_value": _("A hundred years at most."),
        },
    )  # fmt: skip
    from_day = _day(_("From"), required=True, hint=_("Tomorrow at the earliest."))
    reason = LineField(label=_("Why"), ask=_("Write why: a law, a contract."), max_length=300)


class HoldForm(forms.Form):
    """What is kept whatever else says so, from–until, and why."""

    about = forms.ChoiceField(label=_("Keep"), choices=ABOUT, widget=forms.RadioSelect, initial="resident")
    whom = LineField(label=_("Number or name"), ask=_("Type whose letters, or which letter."), max_length=120)
    from_day = _day(_("From"), required=False, hint=_("Empty: at once."))
    until_day = _day(_("To"), required=False, hint=_("Empty: until somebody lifts it."))
    reason = LineField(label=_("Why"), ask=_("Write why: the court, the case, its number."), max_length=500)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("from_day"), cleaned.get("until_day")
        if isinstance(first, date) and isinstance(last, date) and last < first:
            self.add_error("until_day", _("This is before its first day."))
        return cleaned


class LiftForm(forms.Form):
    why = LineField(label=_("Why it ends"), ask=_("Write why the hold ends."), max_length=500)


class ClaimsForm(forms.Form):
    """Which letter to look at."""

    letter = forms.IntegerField(
        label=_("Number of a letter"), min_value=1, max_value=2**62, required=False,
        widget=forms.NumberInput({"class": "short"}),
    )  # fmt: skip


WHAT = (("messages", _("Letters")), ("people", _("People")), ("money", _("Money")))


class SearchForm(forms.Form):
    """What is looked for, and why: without a purpose nothing is looked for (REC5)."""

    what = forms.ChoiceField(label=_("Look for"), choices=WHAT, widget=forms.RadioSelect, initial="messages")
    words = LineField(
        label=_("Words"), ask=_("Type what you look for."), max_length=200, min_length=2,
        help_text=_("Letters: words, \"a phrase\", -without. People and money: a name, an ID number, a receipt."),
    )  # fmt: skip
    since = _day(_("From"), required=False)
    until = _day(_("To"), required=False)
    purpose = LineField(
        label=_("What for"), ask=_("Write what this search is for."), max_length=200, min_length=3,
        help_text=_("It is written down with your name before anything is shown."),
    )  # fmt: skip

    def __init__(self, *args: Any, money: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "what", WHAT if money else WHAT[:2])


class PurposeForm(forms.Form):
    """A saved search is asked again, with a purpose of today."""

    purpose = LineField(label=_("What for"), ask=_("Write what this search is for."), max_length=200, min_length=3)


class NameForm(forms.Form):
    name = LineField(label=_("Name"), ask=_("Give it a name."), max_length=80)
