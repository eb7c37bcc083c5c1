"""Errors as the processor's API answers them."""

from typing import Any


class Fault(Exception):
    """An answer other than 200. `status`: of HTTP."""

    def __init__(self, status: int, kind: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": {"type": kind, "message": message, **{k: v for k, v in more.items() if v is not None}}}


def invalid(message: str, *, param: str | None = None, code: str | None = None, status: int = 400) -> Fault:
    return Fault(status, "invalid_request_error", message, param=param, code=code)


def missing(ref: str, param: str = "id") -> Fault:
    return invalid(f"No such object: '{ref}'", param=param, code="resource_missing", status=404)
