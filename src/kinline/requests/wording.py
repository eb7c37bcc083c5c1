"""The words of requests: states, outcomes, what is wrong with a form. `rules` says which applies."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

KINDS: Mapping[str, str | Promise] = {"request": _("Request"), "grievance": _("Grievance")}
OUTCOMES: Mapping[str, str | Promise] = {
    "granted": pgettext_lazy("a request", "Granted"),
    "partly": pgettext_lazy("a request", "Granted in part"),
    "denied": pgettext_lazy("a request", "Denied"),
    "informed": pgettext_lazy("a request", "Information given"),
}
# To the resident. `day`, `at`: when the answer is due.
STATUS: Mapping[str, str | Promise] = {
    "open": _("Waits for an answer. It comes by %(day)s."),
    "open_again": _("Another person looks at it. The answer comes by %(day)s."),
    "overdue": _("The answer is late. It was due by %(day)s. Staff have been told."),
    "answered": _("Answered."),
    "withdrawn": _("You took it back."),
}
QUESTIONS: Mapping[str, str | Promise] = {
    "none": _("A form needs at least one question."),
    "too_many": _("A form has at most 20 questions."),
    "kind": _("Question %(line)s: begin with line, text, choice or day."),
    "label": _("Question %(line)s has no words."),
    "choices": _("Question %(line)s needs 2 to 20 choices."),
    "choices_twice": _("Question %(line)s has the same choice twice."),
    "line": _("Line %(line)s: begin with line:, text:, choice: or day: and then the question."),
    "bars": _("Line %(line)s: only a choice has more than two parts between bars."),
    "long": _("Line %(line)s: a question has at most 200 characters."),
}


def in_language(words: Mapping[str, Any], name: str = "") -> str:
    """Words by language, as `{"en": …, "es": …}`, in the reader's; English where that is missing."""
    return str(words.get((get_language() or "en")[:2]) or words.get("en") or name)
