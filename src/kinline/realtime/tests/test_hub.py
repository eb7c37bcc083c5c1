"""The fan-out by itself: who hears, in what order, and what happens to a page that does not read."""

import asyncio
import json

import pytest

from kinline.realtime.hub import MOST_WAITING, REMEMBERED_SECONDS, Hub, event


def notice(to: str, **ids: int) -> str:
    return json.dumps({"to": to, "kind": "message", **ids})


def test_only_the_partys_pages_hear_and_each_of_them() -> None:
    async def scene() -> None:
        hub = Hub()
        with hub.page("family:1") as first, hub.page("family:1") as second, hub.page("family:11") as other:
            hub.publish(notice("family:1", message_id=5))
            assert await first.next(1) == await second.next(1) == [event("message", {"message_id": 5})]
            assert other.chunks == []
        hub.publish(notice("family:1"))
        assert len(hub) == 0

    asyncio.run(scene())


def test_it_is_known_how_long_ago_something_happened_to_whom(monkeypatch: pytest.MonkeyPatch) -> None:
    hub, now = Hub(), 1000.0
    monkeypatch.setattr("kinline.realtime.hub.time.monotonic", lambda: now)
    monkeypatch.setattr("kinline.realtime.hub.REMEMBERED", 2)
    hub.publish(notice("family:1"))
    now += 5
    assert (hub.since_last("family:1"), hub.since_last("family:2")) == (5, None)
    hub.publish(notice("family:1"))
    assert hub.since_last("family:1") == 0
    now += REMEMBERED_SECONDS
    assert hub.since_last("family:1") is None
    for n in (2, 3):
        hub.publish(notice(f"family:{n}"))
    assert (hub.since_last("family:2"), hub.since_last("family:3")) == (0, 0)
    hub.publish(notice("family:2"))
    hub.publish(notice("family:4"))
    assert (hub.since_last("family:2"), hub.since_last("family:3")) == (0, None)


def test_what_waits_comes_in_order_and_silence_is_empty() -> None:
    async def scene() -> None:
        hub = Hub()
        with hub.page("family:1") as stream:
            for n in range(3):
                hub.publish(notice("family:1", n=n))
            assert await stream.next(1) == [event("message", {"n": n}) for n in range(3)]
            assert await stream.next(0.01) == []
            waiting = asyncio.create_task(stream.next(5))
            await asyncio.sleep(0)
            hub.publish(notice("family:1", n=4))
            assert await waiting == [event("message", {"n": 4})]

    asyncio.run(scene())


def test_a_page_that_does_not_read_is_dropped_and_holds_nobody_up() -> None:
    async def scene() -> None:
        hub = Hub()
        with hub.page("family:1") as stuck, hub.page("family:1") as reading:
            stuck.task = asyncio.create_task(asyncio.sleep(60))  # hangs on a connection that nobody reads
            heard = 0
            for n in range(MOST_WAITING + 1):
                hub.publish(notice("family:1", n=n))
                heard += len(await reading.next(1) or [])
            await asyncio.wait([stuck.task], timeout=1)
            assert stuck.task.cancelled()
            assert heard == MOST_WAITING + 1

    asyncio.run(scene())


def test_closing_ends_every_page() -> None:
    async def scene() -> None:
        hub = Hub()
        with hub.page("family:1") as first, hub.page("resident:1") as second:
            waiting = [asyncio.create_task(page.next(60)) for page in (first, second)]
            await asyncio.sleep(0)
            hub.close()
            assert [await one for one in waiting] == [None, None]

    asyncio.run(scene())
