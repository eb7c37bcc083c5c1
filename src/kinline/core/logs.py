"""Logs without personal content (OPS-3, R8): a line says what happened and where, not who or what.

Exceptions are written as their class and the places in the code, without their text: a database error quotes the row,
a mail error the address, a ValueError the value. Addresses, tokens and query strings are cut out of what is left.
"""

import logging
import os
import re
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

Event = MutableMapping[str, Any]

_CUTS = (
    (re.compile(r"[^\s<>\"'(),;:=]+@[^\s<>\"'(),;:]+\.[^\s<>\"'(),;:]+"), "[email]"),
    (re.compile(r"\?[^\s\"']*=[^\s\"']*"), "?[query]"),
    (re.compile(r"(?<=/)(?=[\w-]*[0-9A-Z_])[\w-]{20,}(?=[/\s\"']|$)"), "[token]"),
    (re.compile(r"(?:\+\d{1,3}[ .-]?)?\(?\b\d{3}\)?[ .-]\d{3}[ .-]\d{4}\b|\+\d{8,15}\b"), "[number]"),
    (re.compile(r"DETAIL:.*", re.DOTALL), "[detail]"),
)


def formatter() -> logging.Formatter:
    """Lines for people on a terminal, JSON elsewhere or with KINLINE_LOG_FORMAT=json."""
    lines = os.environ.get("KINLINE_LOG_FORMAT", "lines") == "lines"
    renderer: Any = (
        structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0) if lines else structlog.processors.JSONRenderer()
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        processors=[
            without_exception_text,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            without_personal_content,
            renderer,
        ],
    )


def without_exception_text(_logger: Any, _method: str, line: Event) -> Event:
    """`exc_info` becomes the classes and the frames; SQLSTATE is kept, it names no value."""
    info = line.pop("exc_info", None)
    if info is True:
        record = line.get("_record")
        info = record.exc_info if record is not None else None
    problem = info[1] if isinstance(info, tuple) else info
    if isinstance(problem, BaseException):
        line["exception"] = " <- ".join(_told(one) for one in _chain(problem))
    line.pop("stack_info", None)
    return line


def without_personal_content(_logger: Any, _method: str, line: Event) -> Event:
    for name, value in line.items():
        if isinstance(value, str) and name not in {"timestamp", "exception"}:
            line[name] = cut(value)
    return line


def cut(text: str) -> str:
    """The text without email addresses, query strings, tokens in paths, and telephone numbers."""
    for pattern, instead in _CUTS:
        text = pattern.sub(instead, text)
    return text


def _chain(problem: BaseException) -> list[BaseException]:
    """The exception and what led to it, at most five."""
    chain: list[BaseException] = []
    one: BaseException | None = problem
    while one is not None and len(chain) < 5:
        chain.append(one)
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return chain


def _told(problem: BaseException) -> str:
    frames = traceback.extract_tb(problem.__traceback__)
    places = " ".join(f"{frame.filename.rsplit('/site-packages/')[-1]}:{frame.lineno}:{frame.name}" for frame in frames)
    state = getattr(problem, "sqlstate", None)
    return f"{type(problem).__name__}{f'({state})' if state else ''} at {places or 'nowhere'}"
