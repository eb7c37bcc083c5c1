"""What a file is, by its first bytes. Pure. Whatever a browser or a name says of it is not asked."""

from kinline.messaging.pictures import errors

_HEAD = 1024
_JPEG, _PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
# The brands under which telephones write HEIC (ISO/IEC 23008-12); AVIF and moving pictures have others.
_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08", b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh")
# A page or a drawing that a browser would run, hidden in a comment of a photo. The long word is asked of the whole
# file; short ones would stand in the pixels of a real photo by chance.
_RUNS_ANYWHERE = b"<script"
_RUNS_IN_HEAD = (b"<svg", b"<html", b"<!doctype", b"%pdf-")


def kind_of(content: bytes) -> str:
    """`JPEG`, `PNG` or `HEIF`, as Pillow names them. raises PhotoIsArchive, PhotoIsDrawing, NotAPhoto, PhotoTwofold."""
    head = content[:_HEAD].lower()
    kind = _photo(content)
    if kind is None:
        if content.startswith(_ARCHIVES):
            raise errors.PhotoIsArchive
        if b"<svg" in head or (head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<?xml")):
            raise errors.PhotoIsDrawing
        raise errors.NotAPhoto
    if any(mark in head for mark in _RUNS_IN_HEAD) or _RUNS_ANYWHERE in content.lower():
        raise errors.PhotoTwofold
    return kind


def _photo(content: bytes) -> str | None:
    if content.startswith(_JPEG):
        return "JPEG"
    if content.startswith(_PNG):
        return "PNG"
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC:
        return "HEIF"
    return None
