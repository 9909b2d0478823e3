from __future__ import annotations

import io
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.stub import Stubber
from buckets import BUCKET, BucketServer, s3_client

from analyst.errors import NotFound, StoreError
from analyst.exporting import export
from analyst.ports import ObjectStore
from analyst.result import Kind, ResultColumn
from analyst.stores.export_objects import ExportObjects
from analyst.stores.object_files import ObjectFiles
from analyst.stores.object_names import checked_name
from analyst.stores.result_objects import ResultObjects

ID = "6e1a7f8e-6e1a-4b0e-9d3c-0a8d5b0c9f11"
NAME = f"{ID}.csv"


@pytest.fixture
def store(s3: Any, tmp_path: Path) -> ExportObjects:
    store = ExportObjects(BUCKET, client=s3, folder=tmp_path)
    with store.put(NAME) as file:
        file.write(b"a,b\r\n")
    return store


def stubbed(code: str, status: int, *, operation: str = "head_object") -> tuple[ExportObjects, Stubber]:
    client = s3_client()
    stubber = Stubber(client)
    stubber.add_client_error(operation, code, http_status_code=status)
    return ExportObjects(BUCKET, client=client), stubber


def test_a_file_comes_back_as_it_went_in(store: ExportObjects, s3: Any) -> None:
    with store.read(NAME) as file:
        assert file.read() == b"a,b\r\n"
    assert (store.exists(NAME), store.size(NAME)) == (True, 5)
    stored = s3.head_object(Bucket=BUCKET, Key=f"exports/{NAME}")
    assert stored["ContentType"] == "text/csv; charset=utf-8"


def test_a_link_downloads_the_file_under_its_name(store: ExportObjects) -> None:
    url = urlsplit(store.link(NAME, seconds=60))
    query = {key: values[0] for key, values in parse_qs(url.query).items()}
    assert url.path.endswith(f"/{BUCKET}/exports/{NAME}")
    assert query["response-content-disposition"] == f'attachment; filename="{NAME}"'
    assert query["response-content-type"] == "text/csv; charset=utf-8"
    assert (query["X-Amz-Expires"], query["X-Amz-Algorithm"]) == ("60", "AWS4-HMAC-SHA256")


def test_a_link_needs_a_file(store: ExportObjects) -> None:
    with pytest.raises(NotFound):
        store.link("other.csv")


def test_what_is_not_there_is_not_found(store: ExportObjects) -> None:
    assert not store.exists("other.csv")
    for use in (store.size, store.read):
        with pytest.raises(NotFound, match="not stored any more"):
            use("other.csv")


NO_NAMES = [
    "",
    ".",
    "..",
    ".hidden.csv",
    "../x.csv",
    "a/b.csv",
    "a\\b.csv",
    "x",
    "x.csv\n",
    "é.csv",
    'a".csv',
]


@pytest.mark.parametrize("name", [*NO_NAMES, "a" * 200 + ".csv"])
def test_a_name_is_a_plain_file_name(store: ExportObjects, name: str) -> None:
    for use in (store.link, store.exists, store.size, store.read):
        with pytest.raises(NotFound):
            use(name)
    with pytest.raises(NotFound), store.put(name):
        pass


@pytest.mark.parametrize("name", [NAME, "x.tar.gz", "a_b-1.json", "a" * 100 + ".csv", *NO_NAMES])
def test_bucket_and_folder_take_the_same_names(tmp_path: Path, name: str) -> None:
    files: ObjectStore = ObjectFiles(tmp_path, secret=b"s" * 32, base_url="http://127.0.0.1/objects")

    def taken(check: Any) -> bool:
        try:
            check(name)
        except NotFound:
            return False
        return True

    assert taken(checked_name) == taken(files.exists)


def test_half_a_file_is_never_there(store: ExportObjects, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), store.put("half.csv") as file:
        file.write(b"half")
        raise RuntimeError
    assert not store.exists("half.csv")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_a_clear_error(store: ExportObjects) -> None:
    with (
        pytest.raises(StoreError, match="disk is full"),
        store.put("full.csv"),
        open("/dev/full", "wb", 0) as full,
    ):
        full.write(b"x")
    assert not store.exists("full.csv")


def test_the_bucket_expires_by_itself(store: ExportObjects) -> None:
    assert store.expire(older_than_seconds=-10) == 0
    assert store.exists(NAME)


def test_missing_rights_do_not_look_like_a_missing_file() -> None:
    """Without the right to list, S3 says 403 to a HEAD of what is not there."""
    store, stubber = stubbed("403", 403)
    with stubber, pytest.raises(StoreError, match="does not let this process use the stored export files"):
        store.exists(NAME)


def test_a_bare_404_is_a_missing_file() -> None:
    store, stubber = stubbed("404", 404)
    with stubber:
        assert not store.exists(NAME)


def test_a_busy_bucket_is_a_clear_error() -> None:
    store, stubber = stubbed("SlowDown", 503, operation="get_object")
    with stubber, pytest.raises(StoreError, match="too many requests"):
        store.read(NAME)


def test_a_file_that_is_closed_early_is_not_read_on() -> None:
    with BucketServer(b"x" * 2**24) as server:
        with ExportObjects(BUCKET, client=s3_client(server.url)).read(NAME) as file:
            assert file.read(10) == b"x" * 10
        assert server.ended.wait(20)
        assert server.sent < 2**24


@pytest.mark.parametrize("format", ["csv", "xlsx", "json"])
def test_a_stored_result_is_exported_through_the_bucket(s3: Any, tmp_path: Path, format: str) -> None:
    results = ResultObjects(BUCKET, client=s3, folder=tmp_path)
    objects: ObjectStore = ExportObjects(BUCKET, client=s3, folder=tmp_path)
    with results.open(ID) as sink:
        sink.columns([ResultColumn(name="n", kind=Kind.INTEGER)])
        sink.rows([[i] for i in range(3000)])
    done = export(ID, format=format, results=results, objects=objects)
    assert (done.name, done.size) == (f"{ID}.{format}", len(done.read()))
    stored = s3.head_object(Bucket=BUCKET, Key=f"exports/{done.name}")
    assert stored["ContentType"] == done.media_type
    s3.delete_object(Bucket=BUCKET, Key=f"results/{ID}.rows")
    assert export(ID, format=format, results=results, objects=objects) == done


def test_what_is_read_can_be_wrapped_as_text(store: ExportObjects) -> None:
    with io.TextIOWrapper(store.read(NAME), newline="") as text:
        assert text.readlines() == ["a,b\r\n"]
