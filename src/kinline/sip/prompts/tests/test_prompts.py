"""Whatever the machine or the terms of a call ask to be said can be said, in both languages, and can be heard."""

import inspect
import re
from array import array
from types import ModuleType
from typing import get_args

import pytest

from kinline.flows import allowed_numbers, authorise_call, call_terms, speak_code
from kinline.sip import gateway, prompts
from kinline.sip.call import machine, menu, naming
from kinline.sip.call.words import Say
from kinline.sip.prompts import TEXTS, engine, make, spoken, texts
from kinline.sip.sound import RATE, mulaw, tones, wav
from kinline.telephony import dialling, rules, staff_wording
from kinline.telephony.models import LineStop

BOTH = pytest.mark.parametrize("language", texts.LANGUAGES)


def words_in(module: ModuleType, pattern: str) -> set[str]:
    return set(re.findall(pattern, inspect.getsource(module)))


def reasons() -> set[str]:
    """Every code with which a call may be refused, or fail to come about."""
    found = words_in(rules, r'Reason\("(\w+)"') | {"blocked_by_called_party", "blocked_number"}
    found |= words_in(dialling, r'code="(\w+)"') | set(dialling._NEVER.values())
    found |= words_in(dialling, r'"(\w+_number|dial_around)"')
    found |= {kind for kind, _ in LineStop._meta.get_field("kind").choices}
    found |= words_in(authorise_call, r'Stop\("(\w+)"')
    found |= words_in(machine, r'_tell\(call, "(\w+)"') | set(machine._FAILED.values()) | {"unreachable", "redirected"}
    return found | words_in(gateway, r'_turn_away\(\d+, "(\w+)"')


def test_the_reasons_were_found():
    assert {"no_money", "wrong_pin", "premium_number", "lockdown", "busy", "try_later", "nobody_keyed"} <= reasons()
    assert len(reasons()) > 35


@BOTH
def test_every_reason_has_words(language):
    assert not [code for code in sorted(reasons()) if not texts.text(f"refused.{code}", language)]


def test_every_refusal_that_staff_read_has_words():
    assert not [code for code in sorted(staff_wording._REFUSED) if f"refused.{code}" not in TEXTS]


@BOTH
def test_every_prompt_that_is_asked_for_exists(language):
    asked = set(call_terms.PROMPTS) | words_in(speak_code, r'\("(code\.\w+)"')
    for module in (machine, menu, naming):
        asked |= words_in(module, r'Say\("([\w.]+)"')
    asked |= {f"ask.{step}" for step in ("id", "pin", "number")} | {f"ask.language.{one}" for one in texts.LANGUAGES}
    asked |= {f"asked.{code}" for code in (*get_args(allowed_numbers.Asked), "try_later")} | {"offer.number"}
    asked -= {"name"}  # a kind, of which the sound is there
    assert {"name.ask", "name.keys", "wrong_key", "one_minute_left", "ringback", "call.hello", "code.spoken"} <= asked
    assert not [prompt for prompt in sorted(asked) if prompt not in TEXTS and prompt not in prompts.TONES]


def test_what_is_committed_was_made_from_these_words():
    assert make.made() == make.wanted()
    there = {str(path.relative_to(prompts.SOUNDS).with_suffix("")) for path in prompts.SOUNDS.rglob("*.wav")}
    assert there == set(make.wanted())


@BOTH
@pytest.mark.parametrize("prompt", sorted(TEXTS))
def test_it_can_be_heard(prompt, language):
    sound = wav.read(prompts.SOUNDS / language / f"{prompt}.wav")
    assert -28 < tones.level(sound) < -8
    letters = len(texts.text(prompt, language))
    assert 0.15 < len(sound) / RATE < 13
    assert 0.02 < len(sound) / RATE / letters < 0.2


def test_all_of_it_stays_small():
    assert sum(path.stat().st_size for path in prompts.SOUNDS.rglob("*.wav")) < 5_000_000


@BOTH
def test_a_whole_announcement(language):
    said = [Say("call.hello"), Say("name", "Kinline"), Say("call.prepaid_collect"), Say("name", "Sample Person")]
    said += [Say("call.at"), Say("name", "Sample County Jail"), Say("call.recorded"), Say("accept.keys")]
    said += [Say("number", "1"), Say("price.keys"), Say("number", "9"), Say("refuse.keys"), Say("number", "2")]
    said += [Say("block.keys"), Say("number", "7")]
    sounds = [wav.read(path) for path in prompts.files(tuple(said), language)]
    assert len(sounds) == len(said)
    assert 10 < sum(map(len, sounds)) / RATE < 30
    assert all(tones.level(sound) > -30 for sound in sounds)


def test_the_same_name_is_spoken_once():
    (first,) = prompts.files((Say("name", "Sample Person"),), "en")
    (again,) = prompts.files((Say("name", "Sample Person"),), "en")
    (other,) = prompts.files((Say("name", "Sample Person"),), "es")
    assert first == again
    assert first != other
    assert "Sample" not in str(first)


def test_what_two_calls_speak_at_once_is_written_once():
    """The second must not cut off the file that the first is being played from."""
    kept = prompts._Kept()
    path = kept.put("same", tones.silence(1))
    assert kept.put("same", tones.silence(2)) == path
    assert wav.read(path) == tones.silence(1)


def test_a_warning_begins_with_a_beep():
    beep, _ = prompts.files((Say("one_minute_left"),), "en")
    assert tones.share(wav.read(beep), tones.BEEP[0]) > 0.9


def test_ringing_sounds_as_in_north_america():
    (ringing,) = prompts.files((Say("ringback"),), "en")
    seconds = tones.seconds(wav.read(ringing))
    assert len(seconds) == 6
    assert all(tones.hears(seconds[0], one) for one in tones.RINGBACK)
    assert tones.level(seconds[3]) == -99


def test_a_prompt_without_words_is_said_to_be_an_error(caplog):
    (path,) = prompts.files((Say("refused.something_new"),), "en")
    assert path.name == "part.unknown.wav"
    assert "refused.something_new" in caplog.text


def test_a_language_that_nobody_speaks_is_english():
    assert prompts.files((Say("wrong_key"),), "fr") == prompts.files((Say("wrong_key"),), "en")


@pytest.mark.parametrize(
    ("kind", "value", "english", "spanish"),
    [
        ("number", "1", "1", "1"),
        ("number", "15", "15", "15"),
        ("number", "8135550142", "8, 1, 3, 5, 5, 5, 0, 1, 4, 2", "8, 1, 3, 5, 5, 5, 0, 1, 4, 2"),
        ("number", "+18135550142", "1, 8, 1, 3, 5, 5, 5, 0, 1, 4, 2", "1, 8, 1, 3, 5, 5, 5, 0, 1, 4, 2"),
        ("number", "*", "star", "asterisco"),
        ("number", "", "", ""),
        ("money", "$0.11", "11 cents", "11 centavos"),
        ("money", "$0.01", "1 cent", "un centavo"),
        ("money", "$0.00", "0 cents", "0 centavos"),
        ("money", "$1.00", "1 dollar", "un dólar"),
        ("money", "$1.50", "1 dollar and 50 cents", "un dólar y 50 centavos"),
        ("money", "$1,234.05", "1234 dollars and 5 cents", "1234 dólares y 5 centavos"),
        ("money", "$0.115", "11.5 cents", "11 punto 5 centavos"),
        ("money", "gratis", "", ""),
        ("name", "José O'Hara-Díaz", "José O'Hara-Díaz", "José O'Hara-Díaz"),
        ("name", "<speak>\0[[x]]{}", "speak x", "speak x"),
        ("name", "x" * 500, "x" * 100, "x" * 100),
    ],
)
def test_what_changes_in_words(kind, value, english, spanish):
    assert spoken.words(kind, value, "en") == english
    assert spoken.words(kind, value, "es") == spanish


@BOTH
def test_without_an_engine_digits_are_joined(language, monkeypatch):
    def mute():
        raise engine.Mute

    monkeypatch.setattr(prompts, "speaker", mute)
    said = (Say("money", "$7.31"), Say("number", "4826"), Say("name", "Nobody Heard Of"))
    names = [path.stem.removeprefix("part.") for path in prompts.files(said, language)]
    assert names == ["7", "point", "3", "1", "dollars", "4", "8", "2", "6", "somebody"]


def test_no_library_is_no_engine(monkeypatch):
    import espeakng_loader

    monkeypatch.setattr(espeakng_loader, "get_library_path", lambda: "/nowhere/libespeak-ng.so")
    with pytest.raises(engine.Mute):
        engine.Engine()


def test_sampling_down_keeps_what_a_telephone_carries_and_folds_nothing():
    def after(hertz: int) -> bytes:
        return mulaw.encode(engine.resampled(array("h", _wave(hertz, 22050)), 22050))

    assert abs(len(after(440)) - RATE) <= 1
    assert tones.share(after(440)[800:-800], 440) > 0.98
    assert tones.level(after(5500)[800:-800]) < -50


def _wave(hertz: int, rate: int) -> list[int]:
    import math

    return [round(10_000 * math.sin(2 * math.pi * hertz * n / rate)) for n in range(rate)]


def test_a_name_in_somebodys_own_voice_is_played_as_it_is_and_in_the_place_of_ours():
    sound = tones.tone([440], 0.5)
    (path,) = prompts.files((Say("name", "Daniel Sample", sound=sound),), "en")
    assert wav.read(path) == sound
    assert prompts.files((Say("name", "Daniel Sample", sound=sound),), "es") == [path]
    (ours,) = prompts.files((Say("name", "Daniel Sample"),), "en")
    assert ours != path
