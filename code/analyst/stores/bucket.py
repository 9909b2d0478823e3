"""Files in an S3 bucket: there as a whole or not at all, written and read in bounded memory."""

from __future__ import annotations

import contextlib
import io
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

from analyst.aws.troubles import aws_errors
from analyst.errors import NotFound, StoreError
from analyst.stores.whole_file import disk_errors

PART = 8 * 1024 * 1024
"""Bytes of a file that are in memory at most while it is sent."""
READ = 64 * 1024
"""Bytes that are read from the bucket at a time."""


class Bucket:
    """One folder (`prefix`) of a bucket; `what` ("the stored results") names it in sentences.

    `client` is boto3's "s3". `folder` takes files while they are written; None for the machine's own temporary one.
    The role needs s3:ListBucket on the bucket, without a condition on s3:prefix: S3 answers 403 in place of 404
    for what is not there to whoever may not list it, and then "not there" cannot be told from "not allowed".
    A 403 is a StoreError here, never NotFound, so that missing rights do not look like expired files.
    """

    def __init__(self, name: str, *, prefix: str, client: Any, what: str, folder: Path | None = None) -> None:
        self._name, self._prefix, self._client = name, prefix, client
        self._what, self._folder = what, folder

    @contextlib.contextmanager
    def writing(self, name: str, *, media_type: str) -> Iterator[BinaryIO]:
        """A private temporary file that is stored under `name` when the context ends well.

        Encryption is the bucket's own default. Raises StoreError where the disk or AWS fails.
        """
        with disk_errors():
            file = tempfile.TemporaryFile(prefix="analyst-", dir=self._folder)  # noqa: SIM115
        with contextlib.ExitStack() as opened:
            # What is still buffered may not fit on the disk either, and then nobody wants it any more.
            opened.callback(_let_go, cast(BinaryIO, file))
            yield cast(BinaryIO, file)
            self._send(cast(BinaryIO, file), name, media_type=media_type)

    def read(self, name: str, *, gone: str) -> BinaryIO:
        """A stored file as a stream, whose connection ends when it is closed; raises NotFound(`gone`)."""
        with aws_errors(self._what, missing=NotFound(gone)):
            found = self._client.get_object(Bucket=self._name, Key=self._prefix + name)
        return io.BufferedReader(_Body(found["Body"], what=self._what), READ)

    def size(self, name: str, *, gone: str) -> int:
        """Bytes of a stored file; raises NotFound(`gone`)."""
        with aws_errors(self._what, missing=NotFound(gone)):
            found = self._client.head_object(Bucket=self._name, Key=self._prefix + name)
        return int(found["ContentLength"])

    def link(self, name: str, *, media_type: str, seconds: int) -> str:
        """A signed URL that downloads the file under its name; it ends early where the role's session does."""
        asked = {
            "Bucket": self._name,
            "Key": self._prefix + name,
            "ResponseContentDisposition": f'attachment; filename="{name}"',
            "ResponseContentType": media_type,
        }
        with aws_errors(self._what):
            url: str = self._client.generate_presigned_url("get_object", Params=asked, ExpiresIn=seconds)
        return url

    def _send(self, file: BinaryIO, name: str, *, media_type: str) -> None:
        from boto3.s3.transfer import TransferConfig

        # In this thread: each thread more would hold one more part in memory.
        config = TransferConfig(
            multipart_threshold=PART,
            multipart_chunksize=PART,
            use_threads=False,
            preferred_transfer_client="classic",
        )
        with disk_errors(), aws_errors(self._what):
            file.flush()
            file.seek(0)
            self._client.upload_fileobj(
                file, self._name, self._prefix + name, ExtraArgs={"ContentType": media_type}, Config=config
            )


def _let_go(file: BinaryIO) -> None:
    with contextlib.suppress(OSError):
        file.close()


class _Body(io.RawIOBase):
    """What S3 sends, as a file of Python's; whatever breaks on the way is a StoreError."""

    def __init__(self, body: Any, *, what: str) -> None:
        self._body, self._what = body, what

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        from urllib3.exceptions import HTTPError

        try:
            with aws_errors(self._what):
                content = self._body.read(len(buffer))
        except (HTTPError, OSError):
            raise StoreError(f"The connection to AWS broke off while it gave {self._what}.") from None
        buffer[: len(content)] = content
        return len(content)

    def close(self) -> None:
        if not self.closed:
            # Before its end it takes the connection with it: the rest is not fetched.
            self._body.close()
        super().close()
