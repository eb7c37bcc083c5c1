"""One session cookie a face: a family tab, a staff tab and a kiosk tab of one browser never sign each other out."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse


def cookie_of(path: str) -> str:
    """The session cookie's name for a path: the first prefix of `FACE_COOKIES` that fits."""
    return next(name for prefix, name in settings.FACE_COOKIES.items() if path.startswith(prefix))


class FaceSessionMiddleware(SessionMiddleware):
    """Django's session middleware with the cookie's name chosen by the face that the path belongs to."""

    def process_request(self, request: HttpRequest) -> None:
        key = request.COOKIES.get(cookie_of(request.path))
        request.session = self.SessionStore(key)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        # Django's method reads and writes the one configured name; ours is put in its place around the call.
        name = cookie_of(request.path)
        request.COOKIES = {**request.COOKIES, settings.SESSION_COOKIE_NAME: request.COOKIES.get(name, "")}
        if not request.COOKIES[settings.SESSION_COOKIE_NAME]:
            del request.COOKIES[settings.SESSION_COOKIE_NAME]
        response = super().process_response(request, response)  # type: ignore[assignment]
        morsel = response.cookies.pop(settings.SESSION_COOKIE_NAME, None)
        if morsel is not None:
            response.cookies[name] = morsel.value
            response.cookies[name].update({k: v for k, v in morsel.items() if v})
        return response


class SignedInMiddleware:
    """Place for what depends on the signed-in person: language, last seen."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)
