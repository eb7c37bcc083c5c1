"""What every page knows."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from kinline.design import flash


def page(request: HttpRequest) -> dict[str, object]:
    return {
        "demo": settings.DEMO,
        "test_money": settings.TEST_MONEY,
        "here": request.get_full_path() if request.method == "GET" else request.path,
        "languages_offered": settings.LANGUAGES,
        "flashes": SimpleLazyObject(lambda: flash.take(request)),
    }
