from __future__ import annotations

import io
import os
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError, NoCredentialsError
from botocore.stub import Stubber
from buckets import BUCKET, BucketServer, s3_client, watch

from analyst.errors import NotFound, StoreError
from analyst.ports import ResultStore
from analyst.result import Kind, ResultColumn
from analyst.stores.bucket import PART, READ
from analyst.stores.result_files import ResultFiles
from analyst.stores.result_objects import ResultObjects

ID = "6e1a7f8e-6e1a-4b0e-9d3c-0a8d5b0c9f11"
KEY = f"results/{ID}.rows"
COLUMNS = (ResultColumn(name="n", kind=Kind.INTEGER), ResultColumn(name="n", kind=Kind.TEXT))


@pytest.fixture
def store(s3: Any, tmp_path: Path) -> ResultObjects:
    return ResultObjects(BUCKET, client=s3, folder=tmp_path)


def keep(store: ResultStore, *batches: list[list[Any]], id: str = ID) -> None:
    with store.open(id) as sink:
        sink.columns(COLUMNS)
        for batch in batches:
            sink.rows(batch)


def everything(store: ResultStore, id: str = ID) -> list[list[Any]]:
    return [row for batch in store.stream(id)[1] for row in batch]


def keys(s3: Any) -> list[str]:
    return [found["Key"] for found in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]


def large_rows(count: int) -> Iterator[list[list[Any]]]:
    """Rows that hardly shrink."""
    for start in range(0, count, 2000):
        yield [[i, os.urandom(64).hex()] for i in range(start, start + 2000)]


def test_a_result_comes_back_as_it_went_in(store: ResultObjects, s3: Any) -> None:
    keep(store, [[1, "a"], [2, None]], [[3, "é"]])
    columns, batches = store.stream(ID)
    assert columns == COLUMNS
    assert [row for batch in batches for row in batch] == [[1, "a"], [2, None], [3, "é"]]
    assert keys(s3) == [KEY]


def test_the_head_knows_the_count_of_all(store: ResultObjects) -> None:
    keep(store, [[i, str(i)] for i in range(5000)])
    head = store.head(ID, rows=3, truncated=True)
    assert (head.rows, head.row_count) == (((0, "0"), (1, "1"), (2, "2")), 5000)
    assert (head.columns, head.truncated, head.id, head.complete) == (COLUMNS, True, ID, False)
    assert store.head(ID, rows=0).rows == ()
    assert len(store.head(ID, rows=9999).rows) == 5000


def test_a_file_of_a_folder_can_be_read_from_a_bucket(store: ResultObjects, s3: Any, tmp_path: Path) -> None:
    keep(ResultFiles(tmp_path / "results"), [[1, "a"]])
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=(tmp_path / "results" / f"{ID}.rows").read_bytes())
    assert everything(store) == [[1, "a"]]


def test_a_small_result_is_sent_at_once(store: ResultObjects, s3: Any) -> None:
    calls: list[str] = []
    s3.meta.events.register("before-call.s3", lambda model, **_: calls.append(model.name))
    keep(store, [[1, "a"]])
    assert calls == ["PutObject"]


def test_no_rows_are_a_result_too(store: ResultObjects) -> None:
    keep(store)
    assert store.head(ID, rows=5).row_count == 0
    assert everything(store) == []


def test_nothing_is_kept_of_a_result_that_was_given_up(store: ResultObjects, s3: Any, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), store.open(ID) as sink:
        sink.columns(COLUMNS)
        sink.rows([[1, "a"]] * 5000)
        raise RuntimeError
    assert keys(s3) == []
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(NotFound):
        store.head(ID, rows=1)


def test_a_result_without_columns_is_none(store: ResultObjects, s3: Any) -> None:
    with pytest.raises(StoreError), store.open(ID):
        pass
    assert keys(s3) == []


def test_a_result_cannot_be_seen_before_it_is_complete(store: ResultObjects) -> None:
    with store.open(ID) as sink:
        sink.columns(COLUMNS)
        sink.rows([[1, "a"]] * 5000)
        with pytest.raises(NotFound):
            store.head(ID, rows=1)
    assert store.head(ID, rows=1).row_count == 5000


def test_an_earlier_result_stays_when_its_successor_fails(store: ResultObjects) -> None:
    keep(store, [[1, "old"]])
    with pytest.raises(RuntimeError), store.open(ID) as sink:
        sink.columns(COLUMNS)
        raise RuntimeError
    assert everything(store) == [[1, "old"]]
    keep(store, [[2, "new"]])
    assert everything(store) == [[2, "new"]]


@pytest.mark.parametrize("id", ["", "..", f"../{ID}", f"{ID}/..", f"{ID}\n", "a" * 36])
def test_an_id_is_a_uuid_and_no_key(store: ResultObjects, s3: Any, id: str) -> None:
    for use in (lambda: store.head(id, rows=1), lambda: store.stream(id), lambda: keep(store, id=id)):
        with pytest.raises(NotFound):
            use()
    assert keys(s3) == []


def test_an_unknown_result_is_not_found_at_once(store: ResultObjects) -> None:
    with pytest.raises(NotFound, match="not stored any more"):
        store.stream(str(uuid.uuid4()))


def test_the_bucket_expires_by_itself(store: ResultObjects) -> None:
    keep(store, [[1, "a"]])
    assert store.expire(older_than_seconds=-10) == 0
    assert everything(store) == [[1, "a"]]


def test_a_large_result_is_sent_and_read_in_pieces(store: ResultObjects, s3: Any, tmp_path: Path) -> None:
    calls: list[str] = []
    parts: list[int] = []
    s3.meta.events.register("before-call.s3", lambda model, **_: calls.append(model.name))
    s3.meta.events.register(
        "provide-client-params.s3.UploadPart", lambda params, **_: parts.append(len(params["Body"]))
    )
    bodies = watch(s3)
    keep(store, *large_rows(200_000))
    size = s3.head_object(Bucket=BUCKET, Key=KEY)["ContentLength"]
    assert sum(parts) == size > PART
    assert max(parts) <= PART
    assert "PutObject" not in calls
    assert list(tmp_path.iterdir()) == []

    columns, batches = store.stream(ID)
    assert columns == COLUMNS
    assert bodies[0].given <= READ
    sizes = [len(batch) for batch in batches]
    assert (sum(sizes), max(sizes)) == (200_000, 1000)
    assert max(bodies[0].asked) <= READ
    assert (bodies[0].given, bodies[0].closed) == (size, True)

    assert store.head(ID, rows=50).row_count == 200_000
    assert (bodies[1].given <= 4 * READ, bodies[1].closed) == (True, True)
    assert store.head(ID, rows=0).row_count == 200_000
    assert (bodies[2].given <= READ, bodies[2].closed) == (True, True)


def test_a_stream_that_is_given_up_ends_its_connection(store: ResultObjects, s3: Any) -> None:
    keep(store, *large_rows(20_000))
    bodies = watch(s3)
    _, batches = store.stream(ID)
    next(batches)
    assert not bodies[0].closed
    del batches
    assert bodies[0].closed


def test_a_sending_that_fails_leaves_nothing(store: ResultObjects, s3: Any, tmp_path: Path) -> None:
    parts: list[int] = []

    def fail_at_the_second(**_: Any) -> None:
        parts.append(1)
        if len(parts) == 2:
            raise EndpointConnectionError(endpoint_url="https://s3")

    s3.meta.events.register("before-call.s3.UploadPart", fail_at_the_second)
    with pytest.raises(StoreError, match="cannot be reached"):
        keep(store, *large_rows(200_000))
    assert keys(s3) == []
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=BUCKET)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_none_is_a_clear_error(s3: Any, tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        keep(ResultObjects(BUCKET, client=s3, folder=tmp_path / "none"))


def test_a_full_disk_is_a_clear_error(store: ResultObjects, s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_: open("/dev/full", "wb"))  # noqa: SIM115
    with pytest.raises(StoreError, match="disk is full"):
        keep(store, *large_rows(20_000))
    assert keys(s3) == []


@pytest.mark.parametrize("damage", ["cut", "noise", "header", "empty"])
def test_a_damaged_object_is_an_error_and_no_short_result(store: ResultObjects, s3: Any, damage: str) -> None:
    keep(store, [[i, str(i)] for i in range(5000)])
    content = s3.get_object(Bucket=BUCKET, Key=KEY)["Body"].read()
    head, _, body = content.partition(b"\n")
    damaged = {
        "cut": content[: len(content) // 2],
        "noise": head + b"\n" + body[:100] + bytes(50) + body[150:],
        "header": b"{}\n" + body,
        "empty": b"",
    }
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=damaged[damage])
    bodies = watch(s3)
    with pytest.raises(StoreError, match="damaged"):
        everything(store)
    assert bodies[0].closed


@pytest.mark.parametrize(
    ("code", "status", "sentence"),
    [
        ("AccessDenied", 403, "does not let this process use the stored results"),
        ("SlowDown", 503, "too many requests"),
        ("ExpiredToken", 400, "refused the credentials"),
        ("NoSuchBucket", 404, "bucket of the stored results does not exist"),
        ("InternalError", 500, "cannot give the stored results right now"),
    ],
)
def test_what_aws_refuses_is_one_plain_sentence(code: str, status: int, sentence: str) -> None:
    client = s3_client()
    with Stubber(client) as stubber:
        stubber.add_client_error(
            "get_object", code, "arn:aws:iam::123456789012:role/x", http_status_code=status
        )
        with pytest.raises(StoreError, match=sentence) as caught:
            ResultObjects(BUCKET, client=client).stream(ID)
    assert "arn:" not in str(caught.value)


def test_a_key_that_is_not_there_is_not_found() -> None:
    client = s3_client()
    with Stubber(client) as stubber:
        stubber.add_client_error("get_object", "NoSuchKey", http_status_code=404)
        with pytest.raises(NotFound):
            ResultObjects(BUCKET, client=client).head(ID, rows=1)


def test_a_bucket_that_takes_nothing_is_a_clear_error(tmp_path: Path) -> None:
    client = s3_client()
    with Stubber(client) as stubber:
        stubber.add_client_error("put_object", "AccessDenied", http_status_code=403)
        with pytest.raises(StoreError, match="does not let this process"):
            keep(ResultObjects(BUCKET, client=client, folder=tmp_path), [[1, "a"]])


def raising(error: Exception) -> Callable[..., None]:
    def fail(**_: Any) -> None:
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (EndpointConnectionError(endpoint_url="https://s3"), "cannot be reached"),
        (NoCredentialsError(), "No AWS credentials"),
    ],
)
def test_what_never_reaches_aws_is_one_plain_sentence(error: Exception, sentence: str) -> None:
    client = s3_client()
    client.meta.events.register("before-call.s3", raising(error))
    with pytest.raises(StoreError, match=sentence):
        ResultObjects(BUCKET, client=client).head(ID, rows=1)


@pytest.fixture
def content(tmp_path: Path) -> bytes:
    """A stored result of some megabytes."""
    keep(ResultFiles(tmp_path / "content"), *large_rows(200_000))
    return (tmp_path / "content" / f"{ID}.rows").read_bytes()


def test_nobody_listens_is_a_clear_error() -> None:
    with BucketServer(b"") as server:
        url = server.url
    with pytest.raises(StoreError, match="cannot be reached"):
        ResultObjects(BUCKET, client=s3_client(url)).head(ID, rows=1)


def test_a_head_takes_little_off_the_line(content: bytes) -> None:
    with BucketServer(content) as server:
        assert ResultObjects(BUCKET, client=s3_client(server.url)).head(ID, rows=20).row_count == 200_000
        assert server.ended.wait(20)
        assert server.sent < len(content)


def test_a_whole_stream_leaves_no_socket_open(content: bytes) -> None:
    before = len(os.listdir("/proc/self/fd"))
    with BucketServer(content) as server:
        client = s3_client(server.url)
        assert len(everything(ResultObjects(BUCKET, client=client))) == 200_000
        client.close()
    assert len(os.listdir("/proc/self/fd")) <= before


def test_a_line_that_breaks_is_an_error_and_no_short_result(content: bytes) -> None:
    with BucketServer(content, cut=len(content) // 2) as server:
        _, batches = ResultObjects(BUCKET, client=s3_client(server.url)).stream(ID)
        with pytest.raises(StoreError, match="cannot give the stored results right now"):
            for _ in batches:
                pass


def test_the_temporary_file_has_no_name(store: ResultObjects, tmp_path: Path) -> None:
    with store.open(ID) as sink:
        sink.columns(COLUMNS)
        sink.rows([[1, "a"]])
        assert list(tmp_path.iterdir()) == []


def test_the_stored_file_is_the_one_of_a_folder(store: ResultObjects, s3: Any, tmp_path: Path) -> None:
    rows = [[i, "x"] for i in range(3000)]
    keep(store, rows)
    keep(ResultFiles(tmp_path / "results"), rows)
    stored = io.BytesIO()
    s3.download_fileobj(BUCKET, KEY, stored)
    assert stored.getvalue() == (tmp_path / "results" / f"{ID}.rows").read_bytes()
