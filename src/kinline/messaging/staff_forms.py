"""What staff type when they decide: why a letter is not delivered, a note, an answer to an appeal (DEL-4 to DEL-6)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kinline.design.fields import offer
from kinline.facilities.models import RefusalReason
from kinline.messaging.errors import ExplanationMissing, ReasonUnknown
from kinline.messaging.wording import localised


class RefuseForm(forms.Form):
    """A reason of the facility's list and a sentence (M1). `may_withhold`: supervisors, for a suspected crime (M5)."""

    reason = forms.ChoiceField(
        label=_("Reason"), widget=forms.RadioSelect,
        error_messages={"required": ReasonUnknown.sentence, "invalid_choice": ReasonUnknown.sentence},
    )  # fmt: skip
    explanation = forms.CharField(
        label=_("Explanation"), help_text=_("Both people read this sentence."), max_length=1000,
        widget=forms.Textarea({"rows": 3}), error_messages={"required": ExplanationMissing.sentence},
    )  # fmt: skip
    withhold = forms.BooleanField(
        label=_("Tell nobody: suspected crime"), required=False,
        help_text=_("Only for evidence of a crime. Your name and this choice are written down."),
    )  # fmt: skip

    def __init__(self, *args: Any, reasons: Sequence[RefusalReason], may_withhold: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "reason", [(one.code, localised(one.text, one.text_es)) for one in reasons])
        if not may_withhold:
            del self.fields["withhold"]


class PassForm(forms.Form):
    note = forms.CharField(
        label=_("Note for the investigator"), required=False, max_length=500, widget=forms.Textarea({"rows": 2})
    )


class AnswerForm(forms.Form):
    """How an appeal ends, in writing (M4)."""

    outcome = forms.ChoiceField(
        label=_("Decision"),
        choices=(("won", _("Deliver the letter, free")), ("lost", _("It stays undelivered"))),
        widget=forms.RadioSelect, error_messages={"required": _("Choose how the appeal ends.")},
    )  # fmt: skip
    answer = forms.CharField(
        label=_("Answer in writing"), help_text=_("Whoever appealed reads it."), max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"required": _("Write an answer. It is read by who appealed.")},
    )  # fmt: skip


class ToldForm(forms.Form):
    """Who hears that something waits too long: a tick for each person, by mark (M8)."""

    def __init__(self, *args: Any, people: Mapping[int, Sequence[tuple[int, str]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for hours, listed in people.items():
            self.fields[told_name(hours)] = forms.TypedMultipleChoiceField(
                label=TOLD[hours], choices=listed, coerce=int, required=False, widget=forms.CheckboxSelectMultiple
            )


def told_name(hours: int) -> str:
    return f"told_{hours}"


TOLD = {
    24: _("A letter has waited for 24 hours"),
    48: _("A letter has waited for 48 hours"),
    72: _("A letter has waited for 72 hours"),
    0: _("An appeal is past its last day"),
}
