"""How pages of the staff face answer."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def page(request: HttpRequest, template: str, /, status: int = HTTPStatus.OK, **context: Any) -> HttpResponse:
    return render(request, f"staff/{template}.html", context, status=status)
