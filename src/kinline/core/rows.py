"""Rows of a model written by a statement of our own: all columns in one value, so that any number of rows is one
statement, always the same, and prepared once a connection."""

import json
from collections.abc import Iterable
from functools import cache

from django.db.models import Model


@cache
def columns(model: type[Model], *without: str) -> str:
    """Every column but the key and `without`, quoted, for INSERT and SELECT alike."""
    return ", ".join(f'"{name}"' for name in _names(model) if name not in without)


@cache
def _names(model: type[Model]) -> tuple[str, ...]:
    return tuple(str(field.column) for field in model._meta.concrete_fields if not field.primary_key)


@cache
def _attributes(model: type[Model]) -> tuple[tuple[str, str], ...]:
    fields = (field for field in model._meta.concrete_fields if not field.primary_key)
    return tuple((str(field.column), str(field.attname)) for field in fields)


def as_json(rows: Iterable[Model]) -> str:
    """What `jsonb_populate_recordset` takes. What does not fit a column, the database refuses."""
    listed = [{column: getattr(row, name) for column, name in _attributes(type(row))} for row in rows]
    return json.dumps(listed, default=str)
