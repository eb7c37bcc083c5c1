"""What stands between the network and Django: half a request starts nothing, slow ones hold nobody up."""

import http.client
import socket
import time

import pytest
from django.test import override_settings
from django.urls import path

from kinline.project.tests.live import Live

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
seen: list[dict[str, object]] = []


def echo(request):
    from django.http import JsonResponse

    seen.append({"body": request.body.decode(), "forwarded": request.META.get("HTTP_X_FORWARDED_FOR", "")})
    return JsonResponse({"length": len(request.body), "query": request.GET.get("q", "")})


def boom(request):
    raise ValueError("Dear mum, the soup was good")


urlpatterns = [path("echo/", echo), path("boom/", boom)]
handler500 = "kinline.design.errors.server_error"


@pytest.fixture
def live(transactional_db):
    seen.clear()
    with override_settings(
        ROOT_URLCONF=__name__,
        MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    ):
        from django.core.wsgi import get_wsgi_application

        from kinline.project import asgi

        asgi._pages.app, kept = get_wsgi_application(), asgi._pages.app
        server = Live()
        server.start()
        seen.clear()
        yield server
        server.stop()
        asgi._pages.app = kept


def post(live, body: bytes, **headers: str) -> int:
    """The status of the answer."""
    connection = http.client.HTTPConnection("127.0.0.1", live.port, timeout=10)
    try:
        connection.request("POST", "/echo/?q=%C3%A9", body, headers)
        return connection.getresponse().status
    finally:
        connection.close()


def test_a_whole_request_arrives_whole(live):
    assert post(live, b"x" * 2_000_000) == 200
    assert len(str(seen[0]["body"])) == 2_000_000


def test_half_a_letter_is_no_letter(live):
    """A connection that breaks in the middle of a form must not send the half that came."""
    with socket.create_connection(("127.0.0.1", live.port)) as sender:
        sender.sendall(b"POST /echo/ HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nbody=Dear+mum")
        time.sleep(0.2)
    time.sleep(0.3)
    assert seen == []


def test_slow_senders_do_not_stop_others(live):
    slow = [socket.create_connection(("127.0.0.1", live.port)) for _ in range(40)]
    try:
        for sender in slow:
            sender.sendall(b"POST /echo/ HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nbody")
        assert post(live, b"quick") == 200
    finally:
        for sender in slow:
            sender.close()


def test_too_much_is_refused_before_django_sees_it(live, settings):
    assert post(live, b"x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)) == 413
    assert seen == []


def test_a_header_with_underscores_is_not_taken_for_the_proxys(live):
    assert post(live, b"", **{"X_Forwarded_For": "10.0.0.1"}) == 200
    assert seen[0]["forwarded"] == ""


def test_a_query_of_raw_bytes_is_a_bad_request(live):
    with socket.create_connection(("127.0.0.1", live.port)) as sender:
        sender.sendall(b"GET /echo/?q=\xff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert sender.recv(100).startswith(b"HTTP/1.1 400")
    assert seen == []


def test_a_failing_page_says_so_and_the_server_lives(live):
    status, _, body = live.get("/boom/")
    assert status == 500
    assert b"soup" not in body
    assert post(live, b"x") == 200
