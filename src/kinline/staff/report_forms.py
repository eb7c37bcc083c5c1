"""What is asked of a report."""

from typing import Any

from django import forms

from kinline.payments.staff_forms import DaysForm
from kinline.staff.reports import Report


class ReportForm(DaysForm):
    """Days and one filter, as far as the report has them; what cannot be read is as if it were not there."""

    only = forms.ChoiceField(required=False)

    def __init__(self, report: Report, place_id: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = report.choices(place_id)
        offered = [("", report.every), *choices]
        self.fields["only"] = forms.ChoiceField(label=report.label, required=False, choices=offered)
        gone = ([] if report.by_day else ["since", "until"]) + ([] if choices else ["only"])
        for name in gone:
            del self.fields[name]

    def filter(self) -> str:
        """The one that was chosen, or nothing."""
        return str(self.cleaned_data.get("only", "")) if self.is_valid() else ""
