from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStatic(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise carries no types
    """Hashed names, compressed once. Without a manifest (tests, a first start) the plain name is used."""

    manifest_strict = False

    def hashed_name(self, name: str, content: Any = None, filename: str | None = None) -> str:
        # Django reads the file to hash it even where nothing was collected, and fails when it is not there.
        if content is None and not self.exists(filename or name):
            return name
        return str(super().hashed_name(name, content, filename))
