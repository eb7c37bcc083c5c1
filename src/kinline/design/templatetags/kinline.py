"""Tags and filters of every template (a builtin library: no `{% load %}`)."""

from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.template.context import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kinline.core import clock as the_clock
from kinline.core import money as amounts
from kinline.design import fields, letters, wording

register = template.Library()


@register.filter
def money(cents: int) -> str:
    """`1234` → `$12.34`."""
    return amounts.dollars(int(cents))


@register.filter
def price(cents: int) -> str:
    """`50` → `50¢`, as a price is said on a button."""
    return amounts.short(int(cents))


@register.filter
def thousands(number: int) -> str:
    """`30000` → `30,000`."""
    return f"{int(number):,}"


@register.filter(expects_localtime=True)
def moment(dt: datetime | None) -> str:
    """`today at 4:12 pm`. Fits in a sentence; `|capfirst` where it stands alone."""
    return wording.moment(dt, the_clock.now(), timezone.get_current_timezone()) if dt else ""


@register.filter(expects_localtime=True)
def day(dt: datetime | None) -> str:
    """`yesterday`, `Sunday`, `November 3`."""
    return wording.day(dt, the_clock.now(), timezone.get_current_timezone()) if dt else ""


@register.filter(expects_localtime=True)
def full_day(day: date | None) -> str:
    """`November 3, 2025`; in Spanish for after "el": for a deadline and for what is kept."""
    return wording.full_day(day) if day else ""


@register.filter(expects_localtime=True)
def full_moment(dt: datetime | None) -> str:
    """`November 3, 2025 at 4:12 pm`: for what is kept."""
    return wording.full_moment(dt, timezone.get_current_timezone()) if dt else ""


@register.filter(expects_localtime=True)
def brief(dt: datetime | None) -> str:
    """`4:12 pm` today, else `yesterday`, `Sunday`, `November 3`: for a row of a list."""
    return wording.brief(dt, the_clock.now(), timezone.get_current_timezone()) if dt else ""


@register.filter(expects_localtime=True)
def clock(dt: datetime | None) -> str:
    """`4:12 pm`."""
    return wording.clock(dt, timezone.get_current_timezone()) if dt else ""


@register.filter(expects_localtime=True)
def since(dt: datetime | None) -> str:
    """`10 minutes ago`."""
    return wording.since(dt, the_clock.now()) if dt else ""


@register.filter
def about(span: timedelta | None) -> str:
    """`3 hours`."""
    return wording.about(span) if span is not None else ""


@register.simple_tag(name="time")
def time_tag(dt: datetime | None, how: str = "moment") -> SafeString | str:
    """`{% time dt %}`: the words inside `<time>`, for machines. `how`: moment, brief, day, clock, since."""
    words = {"moment": moment, "brief": brief, "day": day, "clock": clock, "since": since}[how]
    return format_html('<time datetime="{}">{}</time>', dt.isoformat(), words(dt)) if dt else ""


@register.filter
def letter(text: str | None) -> SafeString:
    """The text of a letter as escaped paragraphs, each isolated for right-to-left writing."""
    return letters.as_html(text or "")


@register.filter
def isolate(name: object) -> SafeString:
    """A name inside a sentence: its direction cannot turn the sentence around."""
    return format_html("<bdi>{}</bdi>", name)


@register.simple_tag(name="credits")
def credits_tag(cents: int, price_cents: int) -> str:
    """`{% credits cents price %}` → `9 message credits`."""
    return wording.credits_of(int(cents), int(price_cents))


@register.simple_tag
def initials(name: str) -> SafeString:
    """`{% initials name %}` → the round mark `DR`; hidden from screen readers, since the name stands beside it."""
    return format_html('<span class="mono" aria-hidden="true">{}</span>', wording.initials(str(name)))


@register.simple_tag(takes_context=True)
def current(context: Context, prefix: str) -> SafeString | str:
    """`<a href="/people/"{% current "/people/" %}>`: marks the page one is on, or the part it belongs to."""
    path = getattr(context.get("request"), "path", "")
    if path == prefix:
        return format_html(' aria-current="{}"', "page")
    return format_html(' aria-current="{}"', "true") if prefix != "/" and path.startswith(prefix) else ""


@register.simple_tag
def field(bound: BoundField, **options: Any) -> SafeString:
    """`{% field form.name %}`: label, hint, error and control. Options: `label`, `hint`, `suffix`, `hide_label`."""
    return fields.render(bound, **options)


@register.simple_tag
def error_summary(*forms: BaseForm) -> SafeString:
    """`{% error_summary form %}` at the top of the page: every error, each linked to its field. Takes the focus."""
    return fields.summary([form for form in forms if form])


@register.simple_tag
def form_errors(form: BaseForm) -> SafeString:
    """The errors that belong to no field."""
    return fields.form_errors(form)
