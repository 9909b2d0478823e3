from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from analyst.errors import ConfigurationError, Forbidden, NotFound, StoreError
from analyst.stores.object_files import ObjectFiles

NAME = "6e1a7f8e-6e1a-4b0e-9d3c-0a8d5b0c9f11.csv"


class Watch:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


def objects(folder: Path, clock: Callable[[], float], secret: bytes = b"s" * 32) -> ObjectFiles:
    return ObjectFiles(folder, secret=secret, base_url="http://127.0.0.1:8081/objects/", clock=clock)


def parts(link: str) -> tuple[str, str, str]:
    url = urlsplit(link)
    query = parse_qs(url.query)
    return url.path.removeprefix("/objects/"), query["expires"][0], query["signature"][0]


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def store(tmp_path: Path, watch: Watch) -> ObjectFiles:
    store = objects(tmp_path / "exports", watch)
    with store.put(NAME) as file:
        file.write(b"a,b\r\n")
    return store


def test_a_link_opens_its_file(store: ObjectFiles) -> None:
    link = store.link(NAME)
    assert link.startswith(f"http://127.0.0.1:8081/objects/{NAME}?expires=1700000900&signature=")
    name, expires, signature = parts(link)
    with store.open(name, expires=expires, signature=signature) as file:
        assert file.read() == b"a,b\r\n"


def test_a_link_expires(store: ObjectFiles, watch: Watch) -> None:
    name, expires, signature = parts(store.link(NAME, seconds=60))
    watch.now += 59
    store.open(name, expires=expires, signature=signature).close()
    watch.now += 2
    with pytest.raises(Forbidden, match="expired"):
        store.open(name, expires=expires, signature=signature)


@pytest.mark.parametrize(
    "forge",
    [
        lambda n, e, s: (n, str(int(e) + 1), s),
        lambda n, e, s: (n, f"{e} ", s),
        lambda n, e, s: (n, "never", s),
        lambda n, e, s: (n, e, ""),
        lambda n, e, s: (n, e, s[:-1]),
        lambda n, e, s: (n, e, s.upper()),
        lambda n, e, s: (n, e, "é" * 64),
        lambda n, e, s: (n, e, "\ud800" * 64),
        lambda n, e, s: ("other.csv", e, s),
        lambda n, e, s: ("../secret", e, s),
        lambda n, e, s: (f"{n}\n{e}", "", s),
    ],
)
def test_a_forged_link_opens_nothing(
    store: ObjectFiles, forge: Callable[[str, str, str], tuple[str, str, str]]
) -> None:
    name, expires, signature = forge(*parts(store.link(NAME)))
    with pytest.raises((Forbidden, NotFound)):
        store.open(name, expires=expires, signature=signature)


def test_another_secret_signs_other_links(store: ObjectFiles, tmp_path: Path, watch: Watch) -> None:
    name, expires, signature = parts(objects(tmp_path / "exports", watch, b"t" * 32).link(NAME))
    with pytest.raises(Forbidden):
        store.open(name, expires=expires, signature=signature)


def test_a_short_secret_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError):
        ObjectFiles(tmp_path, secret=b"short", base_url="http://x")


@pytest.mark.parametrize(
    "name",
    [
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
        "a" * 200 + ".csv",
    ],
)
def test_a_name_is_a_plain_file_name(store: ObjectFiles, name: str) -> None:
    with pytest.raises(NotFound):
        store.link(name)
    with pytest.raises(NotFound), store.put(name):
        pass


def test_half_a_file_is_never_there(store: ObjectFiles, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), store.put("half.csv") as file:
        file.write(b"half")
        raise RuntimeError
    assert not store.exists("half.csv")
    assert [p.name for p in (tmp_path / "exports").iterdir()] == [NAME]


def test_a_full_disk_is_a_clear_error(store: ObjectFiles) -> None:
    with (
        pytest.raises(StoreError, match="disk is full"),
        store.put("full.csv"),
        open("/dev/full", "wb", 0) as full,
    ):
        full.write(b"x")
    assert not store.exists("full.csv")


def test_only_the_owner_may_read(tmp_path: Path, store: ObjectFiles) -> None:
    assert stat.S_IMODE((tmp_path / "exports" / NAME).stat().st_mode) == 0o600


def test_old_files_go_and_their_links_say_so(store: ObjectFiles) -> None:
    name, expires, signature = parts(store.link(NAME))
    assert store.expire(older_than_seconds=-10) == 1
    with pytest.raises(NotFound):
        store.open(name, expires=expires, signature=signature)
    with pytest.raises(NotFound):
        store.link(NAME)
