"""MSG-9: photos are told by their bytes, made anew, and bare of what one does not see."""

from io import BytesIO

import pytest
from PIL import Image

from kinline.messaging import pictures
from kinline.messaging.pictures import errors
from kinline.messaging.tests.photo_files import (
    CAMERA,
    DRAWING,
    archive,
    bomb,
    heic,
    jpeg,
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


def test_it_stands_upright_before_its_metadata_goes():
    """Orientation 6: the camera was turned; what one sees is higher than wide."""
    made = pictures.remake(jpeg(exif=where_it_was_taken(orientation=6).tobytes()))
    assert (made.width, made.height) == (480, 640)


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
    "more than 10 MB": (jpeg() + bytes(pictures.LIMIT_BYTES), errors.PhotoTooLarge),
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
    file = jpeg()
    assert pictures.remake(file + bytes(pictures.LIMIT_BYTES - len(file))).width == 640
