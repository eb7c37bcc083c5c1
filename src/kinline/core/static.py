from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStatic(CompressedManifestStaticFilesStorage):
    """Hashed names, compressed once. Without a manifest (tests, a first start) the plain name is used."""

    manifest_strict = False
