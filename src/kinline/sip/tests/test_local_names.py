"""The switch with the real flows behind it: a name that is said at the telephone, a number asked for (T6, T10)."""

from pathlib import Path

import pytest

from kinline.residents.models import Resident
from kinline.sip.local import LocalControl
from kinline.sip.media.silent import SilentMedia
from kinline.sip.phone import Call
from kinline.sip.sound import tones
from kinline.sip.tests.stage import PIN, Stage, play, staged
from kinline.sip.tests.test_local import NUMBER, PATIENT, books_are_right, folder, purse, station
from kinline.telephony.models import AllowedNumber, Cdr, RecordedName, Station, TelephoneSettings
from kinline.telephony.models import Call as Placed
from kinline.telephony.services.stations import password_of

__all__ = ["folder", "station"]  # fixtures
pytestmark = pytest.mark.django_db(transaction=True)
SAYS = tones.tone([440], 1)


async def heard(stage: Stage, prompt: str) -> None:
    """Until a sentence with this in it was said to the telephone."""
    await stage.until(lambda: any(f"{prompt}.en.wav" in done for media in stage.media.past for done in media.done))


async def dialled(stage: Stage) -> Call:
    a = await stage.call("9000")
    assert await a.until("up")
    await a.press_by_info(f"11001#{PIN}#3155550101#")
    return a


def test_a_name_is_said_kept_and_played_by_the_next_call_too(
    tmp_path: Path, folder: Path, station: Station, resident: Resident
) -> None:
    TelephoneSettings.objects.update(records_names=True)

    async def scene() -> None:
        control = LocalControl(folder, deadline=PATIENT)
        media = SilentMedia(speech_ms=50, says=SAYS)
        password = password_of(station)
        async with staged(tmp_path, control=control, password=password, media=media) as stage:  # type: ignore[arg-type]
            a = await dialled(stage)
            await heard(stage, "name.ask")
            await stage.until(lambda: ("listen",) in stage.media.past[0].done)
            await a.press_by_info("#")
            await heard(stage, "name.keys")
            await a.press_by_info("1")
            b = await stage.ring()
            b.answer()
            await heard(stage, "call.at")
            spoken = stage.live.call.plan.announcement if stage.live.call.plan else ()
            assert [one.value for one in spoken if one.sound] == ["Daniel Sample"]
            await a.hang_up()
            await b.until("ended")
            again = await dialled(stage)
            b = await stage.ring()
            assert stage.media.past[1].done.count(("listen",)) == 0, "asked once"
            await again.hang_up()
            await b.until("ended")
            await stage.until(lambda: not control._outbox.waiting)

    play(scene)
    row = RecordedName.objects.get()
    assert (row.resident, row.station, row.removed_at) == (resident, station, None)
    assert tones.share(bytes(row.sound), 440) > 0.9
    assert [one.cents for one in Cdr.objects.all()] == [0, 0]
    assert purse() == (1000, 0)
    books_are_right()


def test_who_hangs_up_over_their_name_has_called_nobody_and_nothing_is_kept(
    tmp_path: Path, folder: Path, station: Station, resident: Resident
) -> None:
    TelephoneSettings.objects.update(records_names=True)

    async def scene() -> None:
        control = LocalControl(folder, deadline=PATIENT)
        media = SilentMedia(speech_ms=50, says=SAYS)
        password = password_of(station)
        async with staged(tmp_path, control=control, password=password, media=media) as stage:  # type: ignore[arg-type]
            a = await dialled(stage)
            await stage.until(lambda: bool(stage.media.past) and ("listen",) in stage.media.past[0].done)
            await a.hang_up()
            await stage.until(lambda: not stage.switch.around.calls)

    play(scene)
    assert (Placed.objects.count(), Cdr.objects.count(), RecordedName.objects.count()) == (0, 0, 0)
    assert purse() == (1000, 0)


def test_t10_a_number_that_is_not_approved_is_asked_for_by_a_key(
    tmp_path: Path, folder: Path, station: Station, resident: Resident
) -> None:
    TelephoneSettings.objects.update(lists_numbers=True)

    async def scene() -> None:
        control = LocalControl(folder, deadline=PATIENT)
        async with staged(tmp_path, control=control, password=password_of(station)) as stage:  # type: ignore[arg-type]
            a = await dialled(stage)
            await heard(stage, "offer.number")
            await a.press_by_info("1")
            await heard(stage, "asked.done")
            await a.until("ended")

    play(scene)
    row = AllowedNumber.objects.get()
    assert (row.resident, row.number, row.approved) == (resident, NUMBER, None)
    assert Cdr.objects.get().reasons == ["not_on_list"]
    assert purse() == (1000, 0)
