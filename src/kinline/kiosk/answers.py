"""A kiosk page. What is said on it after an act (`design.answers`) never holds a name or a letter's words."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def page(request: HttpRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
    return render(request, f"kiosk/{template}", context, status=status)
