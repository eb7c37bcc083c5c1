"""The form renderer: label above, hint, error beside the field, and a summary at the top that links to each.

The hint is `<id>_helptext` and the error `<id>_error`: the ids that Django itself names in `aria-describedby`.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms import BaseForm, BoundField, Widget
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from kinline.design.dates import MemorableDate

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# A group's hint and error are named by its fieldset; a hidden field has neither.
_UNDESCRIBED = ("group", "choices", "hidden")
# Widget class → how it is laid out. The first that fits.
_LAYOUTS: tuple[tuple[type[Widget], str], ...] = (
    (forms.HiddenInput, "hidden"),
    (MemorableDate, "group"),
    (forms.CheckboxSelectMultiple, "choices"),
    (forms.RadioSelect, "choices"),
    (forms.CheckboxInput, "checkbox"),
    (forms.PasswordInput, "password"),
    (forms.Textarea, "text"),
)


def layout(widget: Widget) -> str:
    return next((name for kind, name in _LAYOUTS if isinstance(widget, kind)), "text")


def render(bound: BoundField, **options: Any) -> SafeString:
    """One field. `options`: `label`, `hint`, `suffix`; `hide_label` keeps it for screen readers;
    `optional=False` drops "(if you like)" where the flow asks for the words, not the form."""
    widget = bound.field.widget
    kind = layout(widget)
    hint = options.get("hint", bound.help_text)
    limit = _limit(widget)
    context = {
        "bound": bound,
        "id": bound.id_for_label or bound.auto_id,
        "label": options.get("label", bound.label),
        "hint": hint,
        "suffix": options.get("suffix", ""),
        "hide_label": options.get("hide_label", False),
        "optional": options.get("optional", not bound.field.required and kind not in ("checkbox", "hidden")),
        "errors": list(bound.errors),
        "control": bound.as_widget(attrs=_attributes(bound, kind, bool(hint), limit)),
        "limit": limit,
        "count": length(bound.value()) if limit else 0,
    }
    return render_to_string(f"design/fields/{kind}.html", context)


def _limit(widget: Widget) -> int:
    """The character limit that is counted aloud: `data-limit` of a text area, in code points."""
    return int(widget.attrs.get("data-limit", 0))


def length(value: object) -> int:
    """Code points after NFC, each line end as one, controls left out: as the limit counts them (MSG-1)."""
    text = str(value or "").replace("\r\n", "\n").replace("\r", "\n")
    return len(unicodedata.normalize("NFC", _CONTROLS.sub("", text)))


def _attributes(bound: BoundField, kind: str, has_hint: bool, limit: int) -> dict[str, str | bool]:
    base = bound.auto_id
    told = [f"{base}_helptext"] * has_hint + [f"{base}_error"] * bool(bound.errors) + [f"{base}_count"] * bool(limit)
    attrs: dict[str, str | bool] = {}
    if classes := " ".join(filter(None, [_class(kind), bound.field.widget.attrs.get("class", "")])):
        attrs["class"] = classes
    if kind not in _UNDESCRIBED and told:
        attrs["aria-describedby"] = " ".join(told)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    return attrs


def _class(kind: str) -> str:
    return "" if kind in ("checkbox", "choices", "hidden") else "field"


def summary(given: list[BaseForm]) -> SafeString:
    """Every error of the forms, linked to its field; empty when there is none."""
    rows: list[tuple[str, str]] = []
    for form in given:
        rows += [("", str(error)) for error in form.non_field_errors()]
        rows += [
            (_target(form[n]), _named(form[n], str(e))) for n in form.errors if n in form.fields for e in form[n].errors
        ]
    return render_to_string("design/fields/summary.html", {"rows": rows}) if rows else SafeString()


def _named(bound: BoundField, error: str) -> str:
    """Far from its field, "This field is required." must say which."""
    return f"{bound.label}: {error}" if error == forms.Field.default_error_messages["required"] else error


def _target(bound: BoundField) -> str:
    """The id that a link to the field goes to: the control, or the first of a group."""
    widget = bound.field.widget
    if isinstance(widget, MemorableDate):
        return f"{bound.auto_id}_month"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return f"{bound.auto_id}_0"
    return bound.id_for_label


def form_errors(form: BaseForm) -> SafeString:
    rows = [("", str(error)) for error in form.non_field_errors()]
    return render_to_string("design/fields/form_errors.html", {"rows": rows}) if rows else SafeString()


def offer(form: BaseForm, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
    """What a field of this form lets one choose from, which is known only when it is shown. Raises TypeError."""
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(name)
    field.choices = list(choices)
