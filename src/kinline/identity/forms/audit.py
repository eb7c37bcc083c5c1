"""What is asked of the audit log (STF-4)."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from kinline.identity.forms.fields import LineField

_PLAIN = {"autocapitalize": "none", "spellcheck": "false", "class": "medium"}


def _day() -> forms.DateField:
    return forms.DateField(required=False, widget=forms.DateInput({"type": "date"}))


class AuditForm(forms.Form):
    """Filters, all of them optional; what cannot be read says so and filters nothing."""

    since = _day()
    until = _day()
    who = LineField(label=_("Who"), max_length=60, required=False)
    act = LineField(label=_("Act"), max_length=60, required=False)
    object = LineField(label=_("Of what"), max_length=80, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["since"].label, self.fields["until"].label = _("From"), _("To")
        for name in ("who", "act", "object"):
            self.fields[name].widget.attrs.update(_PLAIN)

    def span(self, zone: str) -> tuple[datetime | None, datetime | None]:
        """From the first moment of the first day to the first after the last, by the place's clock."""
        found, at = (self.cleaned_data if self.is_valid() else {}), ZoneInfo(zone)
        since, until = found.get("since"), found.get("until")
        return (
            datetime.combine(since, time(), at) if since else None,
            datetime.combine(until + timedelta(days=1), time(), at) if until and until.year < 9999 else None,
        )

    def text(self, name: str) -> str:
        return str(self.cleaned_data.get(name, "")) if self.is_valid() else ""
