"""Which lines of a history somebody wants to see (MON-5): an address that can be kept, so everything is optional."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kinline.payments.queries.statements import Asked
from kinline.payments.statement_wording import KINDS


class _Day(forms.DateField):
    """A day in a form that is sent by address: the browser's own picker, or year-month-day typed."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        wrong = {"invalid": _("Enter a real day as year-month-day, for example 2026-03-28.")}
        super().__init__(required=False, input_formats=["%Y-%m-%d"], widget=widget, error_messages=wrong, **kwargs)


class HistoryForm(forms.Form):
    """`person`: only the letters with one contact, so there is no other choice beside it."""

    kind = forms.ChoiceField(label=_("What"), required=False)
    person = forms.ChoiceField(label=_("With whom"), required=False)
    since = _Day(label=_("From"))
    until = _Day(label=_("Until"))

    def __init__(self, data: Any, people: Iterable[tuple[int, str]], kinds: Iterable[str] = tuple(KINDS)) -> None:
        super().__init__(data)
        self._choose("kind", _("Everything"), [(kind, KINDS[kind]) for kind in kinds])
        self._choose("person", _("Everybody"), [(str(pk), name) for pk, name in people])

    def _choose(self, name: str, anything: object, choices: list[tuple[str, Any]]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = [("", anything), *choices]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day lies before the first."))
        if cleaned.get("person") and (since or until or cleaned.get("kind") not in ("", "letters", None)):
            self.add_error("person", _("For one person there are only their letters, of all days."))
        return cleaned

    @property
    def asked(self) -> Asked:
        """What to show; everything, while something typed is wrong."""
        if not self.is_valid():
            return Asked()
        given = self.cleaned_data
        return Asked(given["kind"], _begin(given["since"]), _begin(given["until"], days=1))

    @property
    def contact_id(self) -> int | None:
        return int(self.cleaned_data["person"]) if self.is_valid() and self.cleaned_data["person"] else None


def _begin(day: date | None, days: int = 0) -> datetime | None:
    """The moment in which a day begins, or one some days later, where the reader is."""
    if day is None:
        return None
    later = date.fromordinal(min(day.toordinal() + days, date.max.toordinal() - 1))
    return datetime.combine(max(later, date.min + timedelta(days=1)), time.min, timezone.get_current_timezone())
