"""Refusals: a foreseen "no", with a stable code and a sentence."""

from typing import Any, ClassVar

from django.utils.functional import Promise


class Refusal(Exception):
    """A foreseen "no". `code` is stable and may be relied on; `sentence` is what a person reads.

    `sentence` is a lazily translated text that may name `params` as `%(name)s`.
    """

    code: ClassVar[str] = "refused"
    sentence: ClassVar[str | Promise] = ""

    def __init__(self, **params: Any) -> None:
        super().__init__(self.code)
        self.params = params

    def __str__(self) -> str:
        text = str(self.sentence)
        return text % self.params if self.params else text
