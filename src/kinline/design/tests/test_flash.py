import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from kinline.design import flash


def visit(
    path: str, cookies: dict[str, str], say: str = "", show: bool = False, live: bool = False
) -> tuple[list[str], HttpResponse]:
    """One request through the middleware: what it showed, and the answer."""
    shown: list[str] = []

    def view(request: HttpRequest) -> HttpResponse:
        if say:
            flash.say(request, say)
        if show:
            shown.extend(f.text for f in flash.take(request))
        return HttpResponse()

    request = RequestFactory().get(path, headers={"X-Kinline-Live": "1"} if live else {})
    request.COOKIES = cookies
    return shown, flash.FlashMiddleware(view)(request)


def cookies_of(response: HttpResponse) -> dict[str, str]:
    return {name: morsel.value for name, morsel in response.cookies.items() if morsel.value}


def test_it_is_said_on_the_next_page_once() -> None:
    _, answer = visit("/messages/new/", {}, say="On its way.")
    carried = cookies_of(answer)
    shown, answer = visit("/home/", carried, show=True)
    assert shown == ["On its way."]
    assert answer.cookies["kinline_flash"]["max-age"] == 0


def test_it_waits_through_a_page_that_shows_none() -> None:
    _, answer = visit("/messages/new/", {}, say="On its way.")
    _, between = visit("/events", cookies_of(answer))
    assert not between.cookies


def test_another_tab_that_only_looks_again_does_not_take_it() -> None:
    """The race: tab one sends and is redirected; tab two hears of it and looks before tab one's page is asked for."""
    _, answer = visit("/messages/new/", {}, say="On its way.")
    carried = cookies_of(answer)
    shown, looked = visit("/messages/7/", carried, show=True, live=True)
    assert shown == []
    assert not looked.cookies
    assert visit("/messages/7/", carried, show=True)[0] == ["On its way."]


def test_said_and_shown_at_once_leaves_no_cookie() -> None:
    shown, answer = visit("/home/", {}, say="Saved.", show=True)
    assert shown == ["Saved."]
    assert not answer.cookies


def test_two_sentences_both_arrive() -> None:
    _, first = visit("/a/", {}, say="One.")
    _, second = visit("/b/", cookies_of(first), say="Two.")
    assert visit("/home/", cookies_of(second), show=True)[0] == ["One.", "Two."]


@pytest.mark.parametrize("value", ["", "x", "a:b:c", '[["forged","good"]]', "é" * 50])
def test_a_forged_one_is_not_shown(value: str) -> None:
    assert visit("/home/", {"kinline_flash": value}, show=True)[0] == []


@pytest.mark.parametrize(("path", "other"), [("/kiosk/", "/home/"), ("/staff/", "/home/"), ("/home/", "/kiosk/")])
def test_faces_do_not_hear_each_other(path: str, other: str) -> None:
    _, answer = visit(path, {}, say="Done.")
    assert visit(other, cookies_of(answer), show=True)[0] == []


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites() -> None:
    morsel = visit("/kiosk/letters/", {}, say="Done.")[1].cookies["kinline_flash_kiosk"]
    assert (morsel["httponly"], morsel["samesite"], morsel["path"]) == (True, "Lax", "/kiosk/")
    assert morsel["max-age"] == flash.MAX_AGE_SECONDS
