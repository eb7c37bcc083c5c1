"""Reads every line that is logged, as it would be written, and keeps those that name somebody (OPS-3, R8)."""

import logging
import re

from kinline.core import logs


class Watch(logging.Handler):
    """`found`: lines that hold one of `words`; `lines`: how many there were. As on a terminal, at the usual level."""

    def __init__(self, words: re.Pattern[str]) -> None:
        super().__init__(logging.WARNING)
        self.words, self.found, self.lines = words, list[str](), 0
        self.setFormatter(logs.formatter())

    def emit(self, record: logging.LogRecord) -> None:
        # A copy: formatting changes a record, and other handlers come after this one.
        line = self.format(logging.makeLogRecord(record.__dict__))
        self.lines += 1
        if self.words.search(line):
            self.found.append(f"{record.name}: {line}")

    def __enter__(self) -> "Watch":
        logging.getLogger().addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger().removeHandler(self)


class Bare(Watch):
    """The control: the same with the formatter that everybody has."""

    def __init__(self, words: re.Pattern[str]) -> None:
        super().__init__(words)
        self.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
