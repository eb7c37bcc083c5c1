"""A date that a person knows by heart, asked for as month, day and year: no calendar to page through."""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _


class MemorableDate(forms.Widget):
    """Three boxes: `<name>_month`, `<name>_day`, `<name>_year`; or `<name>` whole, in ISO form."""

    template_name = "design/fields/date.html"
    use_fieldset = True
    parts: ClassVar[tuple[str, ...]] = ("month", "day", "year")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["parts"] = self._split(value)
        context["widget"]["months"] = [(str(n), label) for n, label in MONTHS.items()]
        context["widget"]["invalid"] = bool(attrs and attrs.get("aria-invalid"))
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str | None:
        given = {part: str(data.get(f"{name}_{part}", "")).strip() for part in self.parts}
        if not any(given.values()):
            whole = data.get(name)
            return str(whole).strip() if whole else None
        return f"{given['year']}-{given['month'].zfill(2)}-{given['day'].zfill(2)}"

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and not any(f"{name}_{part}" in data for part in self.parts)

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return f"{id_}_month" if id_ else id_

    def _split(self, value: Any) -> dict[str, str]:
        """The three boxes as typed, also when what was typed is no date."""
        if isinstance(value, date):
            return {"year": str(value.year), "month": str(value.month), "day": str(value.day)}
        year, month, day = (*str(value or "").split("-", 2), "", "", "")[:3]
        return {"year": year, "month": month.lstrip("0"), "day": day.lstrip("0")}


class MemorableDateField(forms.DateField):
    """A date typed in parts; `2001-02-30` and `March` without a day get one plain sentence."""

    widget = MemorableDate
    default_error_messages: ClassVar[dict[str, Any]] = {
        "required": _("Enter the month, day and year."),
        "invalid": _("Enter a real date, for example March 28, 1975."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], **kwargs)
