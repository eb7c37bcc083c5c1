"""Lines of the log hold nothing personal (OPS-3, R8)."""

import io
import json
import logging
import smtplib

import pytest

from kinline.core.logs import cut, formatter

LETTER = "Dear mum, the soup was good"


@pytest.fixture
def log(monkeypatch):
    monkeypatch.setenv("KINLINE_LOG_FORMAT", "json")
    logger, stream = logging.getLogger("kinline.test_logs"), io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter())
    logger.addHandler(handler)
    logger.propagate = False
    yield logger, stream
    logger.removeHandler(handler)


def fail(problem: Exception) -> None:
    _private = LETTER  # locals are what a careless formatter prints
    raise problem


def test_an_exception_is_its_class_and_places_without_its_text(log):
    logger, stream = log
    try:
        try:
            fail(ValueError(f"invalid literal: {LETTER}"))
        except ValueError as first:
            raise smtplib.SMTPRecipientsRefused({"maria@family.example": (550, b"no")}) from first
    except smtplib.SMTPRecipientsRefused:
        logger.exception("job %s failed", 7)
    line = json.loads(stream.getvalue())
    assert line["event"] == "job 7 failed"
    assert line["exception"].startswith("SMTPRecipientsRefused at ")
    assert "ValueError at " in line["exception"]
    assert "test_logs.py" in line["exception"]
    assert LETTER not in stream.getvalue()
    assert "maria" not in stream.getvalue()


def test_a_database_error_keeps_its_state_and_loses_its_row(log, db):
    from django.db import connection, transaction
    from django.db.utils import DataError

    logger, stream = log
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT %s::int", [LETTER])
    except DataError:
        logger.exception("broken")
    assert "22P02" in stream.getvalue()
    assert "soup" not in stream.getvalue()


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("sent to maria.s+x@family.example now", "sent to [email] now"),
        ("Not Found: /people/find/?q=Daniel&region=NY", "Not Found: /people/find/?[query]"),
        ("Forbidden: /activate/8mhIeNkSRTX2cu0WrleZ4HS2lqAR4MOFjs-iIIKt6qs/", "Forbidden: /activate/[token]/"),
        ("caller +1 (555) 010-0123 hung up", "caller [number] hung up"),
        ("duplicate key\nDETAIL:  Key (email)=(x y) already exists.", "duplicate key\n[detail]"),
        ("Job send_email[1234567](email_id=891) ended, lasted 0.012 s", None),
        ("at 2031-03-02 17:30:00 lost the notices", None),
        ("Not Found: /kiosk/messages/12345/", None),
        ("Not Found: /facilities/sample-county-north-annex/", None),
    ],
)
def test_what_is_cut_and_what_stays(said, kept):
    assert cut(said) == (said if kept is None else kept)


def test_fields_beside_the_message_are_cut_too(log):
    import structlog

    logger, stream = log
    wrapped = structlog.wrap_logger(
        logger,
        processors=[structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    wrapped.warning("refused", to="maria@family.example", count=3)
    assert "maria" not in stream.getvalue()
