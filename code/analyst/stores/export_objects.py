"""Finished export files in an S3 bucket, with links that are signed and expire."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from analyst.errors import NotFound
from analyst.stores.bucket import Bucket
from analyst.stores.object_names import checked_name, media_type
from analyst.stores.whole_file import disk_errors

_GONE = "The file is not stored any more."


class ExportObjects:
    """An `ObjectStore` on a bucket; `client` is boto3's "s3", made with signature_version "s3v4".

    Raises NotFound for a name that is unknown, expired or no plain file name, StoreError where the disk or AWS
    fails. `folder` takes a file while it is written. See `Bucket` for the rights that the role needs.
    """

    def __init__(
        self, bucket: str, *, prefix: str = "exports/", client: Any, folder: Path | None = None
    ) -> None:
        self._bucket = Bucket(
            bucket, prefix=prefix, client=client, what="the stored export files", folder=folder
        )

    @contextlib.contextmanager
    def put(self, name: str) -> Iterator[BinaryIO]:
        """A binary file to write to; it is there under `name` ("<id>.csv") once the context ends well."""
        # The caller writes to the file itself, so a full disk shows in the body.
        with (
            disk_errors(),
            self._bucket.writing(checked_name(name), media_type=media_type(name)) as file,
        ):
            yield file

    def link(self, name: str, *, seconds: int = 900) -> str:
        """A URL that downloads the file for so many seconds; raises NotFound when it is not there."""
        self.size(name)
        return self._bucket.link(name, media_type=media_type(name), seconds=seconds)

    def exists(self, name: str) -> bool:
        """True when a finished file of that name is there."""
        checked_name(name)
        try:
            self.size(name)
        except NotFound:
            return False
        return True

    def size(self, name: str) -> int:
        """Bytes of a finished file; raises NotFound."""
        return self._bucket.size(checked_name(name), gone=_GONE)

    def read(self, name: str) -> BinaryIO:
        """A finished file, to be closed by the caller; raises NotFound."""
        return self._bucket.read(checked_name(name), gone=_GONE)

    def expire(self, *, older_than_seconds: float) -> int:
        """Nothing, and 0: the bucket's own lifecycle removes old files."""
        return 0
