"""Sound survives its coding, tones are found where they are and nowhere else, files come back as they were."""

from array import array
from pathlib import Path

import pytest

from kinline.sip.sound import RATE, mulaw, tones, wav


def test_every_byte_survives_decoding_and_encoding():
    both_zeros = {0x7F, 0xFF}
    for byte in set(range(256)) - both_zeros:
        assert mulaw.encode(mulaw.decode(bytes([byte]))) == bytes([byte])
    assert list(mulaw.decode(b"\x7f\xff")) == [0, 0]


@pytest.mark.parametrize(
    ("byte", "sample"), [(0x00, -32124), (0x80, 32124), (0xFF, 0), (0xFE, 8), (0x7E, -8), (0xF0, 120), (0xEF, 132)]
)
def test_the_table_of_the_standard(byte, sample):
    assert mulaw.decode(bytes([byte])) == array("h", [sample])


@pytest.mark.parametrize("sample", [-32768, -20000, -1000, -40, 0, 40, 1000, 20000, 32767])
def test_a_sample_comes_back_within_a_step(sample):
    (back,) = mulaw.decode(mulaw.encode(array("h", [sample])))
    assert abs(back - sample) <= max(8, abs(sample) // 20)


def test_a_tone_is_found_and_no_other():
    sound = tones.tone([440], 1)
    assert tones.hears(sound, 440)
    assert tones.share(sound, 440) > 0.95
    assert not tones.hears(sound, 1000)
    assert not tones.hears(tones.silence(1), 440)


def test_a_tone_of_half_a_second_is_half_a_tone():
    sound = tones.tone([440], 0.5) + tones.tone([1000], 0.5)
    assert 0.2 < tones.share(sound, 440) < 0.6
    assert 0.2 < tones.share(sound, 1000) < 0.6


def test_loudness():
    assert tones.level(tones.silence(1)) == -99
    assert -16 < tones.level(tones.tone([440], 1, loudness=0.25)) < -14
    assert tones.level(b"") == -99


def test_a_key_is_two_tones():
    sound = tones.key_tones("5")[: RATE // 10]
    assert tones.share(sound, 770) > 0.3
    assert tones.share(sound, 1336) > 0.3
    assert tones.share(sound, 697) < 0.1


def test_a_file_comes_back(tmp_path: Path):
    sound = tones.tone([440], 0.123)
    wav.write(tmp_path / "one.wav", sound)
    assert wav.read(tmp_path / "one.wav") == sound


def test_two_channels_lie_side_by_side(tmp_path: Path):
    wav.write(tmp_path / "two.wav", b"\x01\x02\x03", b"\x04")
    file = (tmp_path / "two.wav").read_bytes()
    assert file.endswith(b"\x01\x04\x02\xff\x03\xff")
    with pytest.raises(wav.NotSound):
        wav.read(tmp_path / "two.wav")


@pytest.mark.parametrize("file", [b"", b"RIFF", b"RIFF\0\0\0\0WAVEfmt \0\0\0\0", b"x" * 100])
def test_what_is_no_sound_is_refused(file):
    with pytest.raises(wav.NotSound):
        wav.unpacked(file)
