"""No file that somebody sends fills the disk: what is longer than any file that we take is read, and not kept.

Whoever takes the file refuses it by its size: each asks for less than `FILE_BYTES`.
"""

from django.core.files.uploadhandler import FileUploadHandler

FILE_BYTES = 12 * 2**20
ALL_BYTES = 120 * 2**20


class Bounded(FileUploadHandler):
    """Stands before Django's own handlers and gives them no more than that, of each file and of all in a request."""

    all_bytes = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.all_bytes += len(raw_data)
        return None if start >= FILE_BYTES or self.all_bytes > ALL_BYTES else raw_data

    def file_complete(self, file_size: int) -> None:
        return None
