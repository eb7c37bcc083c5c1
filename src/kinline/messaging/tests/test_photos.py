"""MSG-9: photos are told by their bytes, made anew, and bare of what one does not see."""

import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from PIL import Image

from kinline.messaging import pictures
from kinline.messaging.pictures import errors
from kinline.messaging.queries.photos import PhotoView
from kinline.messaging.tests.photo_files import (
    CAMERA,
    DRAWING,
    archive,
    bomb,
    chunk_bomb,
    heic,
    jpeg,
    moving,
    picture,
    png,
    where_it_was_taken,
)


def opened(made: bytes) -> Image.Image:
    return Image.open(BytesIO(made), formats=["JPEG"])


def near(pixel, colour) -> bool:
    return all(abs(one - other) < 30 for one, other in zip(pixel, colour, strict=True))


@pytest.mark.parametrize("file", [jpeg(), png(), heic(), png(mode="P"), png(mode="RGBA"), jpeg(progressive=True)])
def test_each_kind_comes_out_as_jpeg_that_looks_the_same(file):
    made = pictures.remake(file)
    seen = opened(made.full)
    assert (made.width, made.height) == seen.size == (640, 480)
    assert near(seen.getpixel((100, 200)), (20, 60, 200))
    assert near(seen.getpixel((600, 200)), (230, 130, 20))
    assert opened(made.small).size == (320, 240)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "I;16"])
def test_grey_and_black_and_white_are_photos_too(mode):
    assert opened(pictures.remake(png(mode=mode)).full).mode == "RGB"


def test_what_is_clear_is_white():
    clear = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    out = BytesIO()
    clear.save(out, "PNG")
    assert near(opened(pictures.remake(out.getvalue()).full).getpixel((20, 20)), (255, 255, 255))


def test_a_large_photo_is_made_smaller():
    made = pictures.remake(jpeg((4000, 3000)))
    assert (made.width, made.height) == (2048, 1536)


@pytest.mark.parametrize("kind", [jpeg, png, heic])
def test_where_and_with_what_it_was_taken_is_gone(kind):
    file = kind(exif=where_it_was_taken().tobytes())
    assert CAMERA.encode() in file  # the control: it was there
    made = pictures.remake(file)
    for jpeg_file in (made.full, made.small):
        seen = opened(jpeg_file)
        assert dict(seen.getexif()) == {}
        assert set(seen.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}
        assert CAMERA.encode() not in jpeg_file
        assert b"Exif" not in jpeg_file
        assert b"http" not in jpeg_file


def test_comments_and_profiles_of_a_photo_are_gone_too():
    file = jpeg(comment=b"Marta was here", icc_profile=b"no profile at all")
    made = pictures.remake(file)
    assert b"Marta was here" in file
    assert b"Marta was here" not in made.full
    assert "icc_profile" not in opened(made.full).info


BLUE, ORANGE = (20, 60, 200), (230, 130, 20)
# Where the left and the right half of what the camera saw come to lie: as two points of what one sees.
UPRIGHT = {
    1: ((0.1, 0.5), (0.9, 0.5)), 2: ((0.9, 0.5), (0.1, 0.5)), 3: ((0.9, 0.5), (0.1, 0.5)), 4: ((0.1, 0.5), (0.9, 0.5)),
    5: ((0.5, 0.1), (0.5, 0.9)), 6: ((0.5, 0.1), (0.5, 0.9)), 7: ((0.5, 0.9), (0.5, 0.1)), 8: ((0.5, 0.9), (0.5, 0.1)),
}  # fmt: skip


@pytest.mark.parametrize("kind", [jpeg, heic])
@pytest.mark.parametrize("orientation", UPRIGHT)
def test_it_stands_upright_before_its_metadata_goes(kind, orientation):
    made = pictures.remake(kind(exif=where_it_was_taken(orientation=orientation).tobytes()))
    assert (made.width, made.height) == ((640, 480) if orientation < 5 else (480, 640))
    seen = opened(made.full)
    for (x, y), colour in zip(UPRIGHT[orientation], (BLUE, ORANGE), strict=True):
        assert near(seen.getpixel((int(made.width * x), int(made.height * y))), colour)
    assert opened(made.small).size == ((320, 240) if orientation < 5 else (240, 320))


def test_a_photo_for_the_press_in_four_colours_is_seen_in_ours():
    out = BytesIO()
    picture(mode="CMYK").save(out, "JPEG")
    seen = opened(pictures.remake(out.getvalue()).full)
    assert seen.mode == "RGB"
    assert near(seen.getpixel((100, 200)), BLUE)


def test_of_a_moving_picture_the_first_is_taken():
    """What its sender sees beside the letter is what staff look at, and what arrives."""
    file = moving()
    assert Image.open(BytesIO(file)).n_frames == 2
    seen = opened(pictures.remake(file).full)
    assert near(seen.getpixel((100, 200)), BLUE)
    assert getattr(seen, "n_frames", 1) == 1


@pytest.mark.parametrize(
    ("size", "full", "small"),
    [((60_000, 1), (2048, 1), (320, 1)), ((1, 60_000), (1, 2048), (1, 320)), ((1, 1), (1, 1), (1, 1))],
)
def test_what_is_very_wide_high_or_small_keeps_a_pixel(size, full, small):
    made = pictures.remake(png(size))
    assert ((made.width, made.height), opened(made.small).size) == (full, small)
    shown = PhotoView(1, 1, made.width, made.height)
    assert (shown.small_width, shown.small_height) == small


def test_the_second_half_of_a_photo_that_broke_off_is_not_made_up():
    with pytest.raises(errors.PhotoBroken):
        pictures.remake(jpeg()[:900])


NOT_TAKEN = {
    "nothing": (b"", errors.PhotoEmpty),
    "a ZIP": (archive(), errors.PhotoIsArchive),
    "a drawing with a script": (DRAWING, errors.PhotoIsDrawing),
    "a drawing behind a prologue": (b'\xef\xbb\xbf  <?xml version="1.0"?>' + DRAWING, errors.PhotoIsDrawing),
    "a text": (b"Dear Daniel", errors.NotAPhoto),
    "a GIF": (b"GIF89a" + bytes(40), errors.NotAPhoto),
    "a TIFF": (b"II*\x00" + bytes(40), errors.NotAPhoto),
    "a film": (b"\x00\x00\x00\x18ftypisom" + bytes(40), errors.NotAPhoto),
    "a PDF": (b"%PDF-1.7", errors.NotAPhoto),
    "a photo that is a ZIP, too": (jpeg() + archive(), errors.PhotoTwofold),
    "a photo that is a page, too": (jpeg(comment=b"<html><body>"), errors.PhotoTwofold),
    "a photo with a script behind it": (png() + b"\n<SCRIPT>alert(1)</script>", errors.PhotoTwofold),
    "a byte more than 10 MB": (jpeg().ljust(pictures.LIMIT_BYTES + 1, b"\0"), errors.PhotoTooLarge),
    "text that unpacks without an end": (chunk_bomb(b"zTXt", b"a\0\0"), errors.PhotoBroken),
    "such text in another chunk": (chunk_bomb(b"iTXt", b"a\0\1\0\0\0"), errors.PhotoBroken),
    "such a colour profile": (chunk_bomb(b"iCCP", b"a\0\0"), errors.PhotoBroken),
    "only its first bytes": (b"\xff\xd8\xff\xe0", errors.PhotoBroken),
    "HEIC in name only": (b"\x00\x00\x00\x1cftypheic" + bytes(400), errors.PhotoBroken),
}


@pytest.mark.parametrize("name", NOT_TAKEN)
def test_what_is_no_photo_is_refused_and_says_why(name):
    content, refusal = NOT_TAKEN[name]
    with pytest.raises(refusal) as no:
        pictures.remake(content)
    assert no.value.code
    assert str(no.value).endswith(".")


def test_a_bomb_is_refused_before_it_is_decoded():
    file = bomb()
    assert len(file) < 1_000_000
    with pytest.raises(errors.PhotoTooManyPixels):
        pictures.remake(file)


def test_ten_megabytes_to_the_byte_are_taken():
    assert pictures.remake(jpeg().ljust(pictures.LIMIT_BYTES, b"\0")).width == 640


@pytest.fixture
def crowd(monkeypatch):
    """`crowd(n)`: n photos come in at once; how many were decoded at the same time at most, and what each answered."""
    lock, here = threading.Lock(), [0, 0]
    gate = threading.Event()

    def run(*_):
        with lock:
            here[0] += 1
            here[1] = max(here)
        gate.wait(0.2)
        with lock:
            here[0] -= 1
        return subprocess.CompletedProcess([], 0, b'{"width": 1, "height": 1, "full_bytes": 1}\nab')

    def told(file):
        try:
            return pictures.remake(file)
        except errors.PhotosBusy as no:
            return no.code

    def come(number):
        monkeypatch.setattr(pictures, "_run", run)
        with ThreadPoolExecutor(number) as pool:
            return here, list(pool.map(told, [jpeg()] * number))

    return come


def test_photos_that_come_at_once_are_decoded_two_at_a_time(crowd):
    (now, most), answers = crowd(8)
    assert (now, most) == (0, pictures.AT_ONCE)
    assert [answer.full for answer in answers] == [b"a"] * 8


def test_who_finds_no_place_in_time_is_told_so_and_keeps_no_thread(crowd, monkeypatch):
    monkeypatch.setattr(pictures, "PATIENCE_SECONDS", 0.01)
    _, answers = crowd(6)
    assert answers.count("photos_busy") == 4
    assert pictures.remake(jpeg()).full == b"a", "the places are given back"
