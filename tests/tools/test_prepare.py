"""The set-up's judgements; that it sets up is shown by every run of these tests."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import prepare
from preparing import node, pip_settings
from preparing.environment import REQUIREMENTS, Environment
from preparing.programs import ROOT, CannotPrepare

LOCKS = sorted([*REQUIREMENTS.glob("*.txt"), *(ROOT / "layers").glob("*.txt")])
LISTED = """:env:.timeout='30'
global.extra-index-url='https://a.example/simple https://b.example/simple'
global.index-url='https://slow.example/simple'
global.timeout='60'
install.index-url='https://mirror.example/simple'
install.find-links='/wheels /more'
"""


def pins(lock: Path) -> set[str]:
    """What a lock names, with its conditions."""
    lines = lock.read_text(encoding="utf-8").splitlines()
    return {line.rstrip(" \\") for line in lines if line[:1].isalnum()}


def named(name: str) -> set[str]:
    """What requirements/NAME.txt names."""
    return pins(REQUIREMENTS / f"{name}.txt")


def test_pip_settings_are_said_in_uvs_words() -> None:
    assert pip_settings.translate(pip_settings.parse(LISTED)) == {
        "UV_HTTP_TIMEOUT": "30",
        "UV_INDEX_URL": "https://mirror.example/simple",
        "UV_EXTRA_INDEX_URL": "https://a.example/simple https://b.example/simple",
        "UV_FIND_LINKS": "/wheels,/more",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
    }


def test_no_settings_change_nothing() -> None:
    assert pip_settings.translate(pip_settings.parse("")) == {}


@pytest.mark.parametrize("line", ["global.no-index='true'", ":env:.no-index='1'"])
def test_a_closed_registry_stays_closed(line: str) -> None:
    assert pip_settings.translate(pip_settings.parse(line)) == {"UV_NO_INDEX": "1"}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_the_locks_hold_hashes_and_no_address_or_folder(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert pins(lock) and text.count("--hash=sha256:") >= len(pins(lock))
    assert "://" not in text and "/home" not in text and "/root" not in text and "/tmp" not in text


def test_what_tests_install_holds_all_that_the_product_needs() -> None:
    assert named("bootstrap") <= named("run") <= named("dev")


@pytest.mark.parametrize("name", ["page", "base", "data", "minilm"])
def test_what_is_deployed_is_what_was_tested(name: str) -> None:
    lock = REQUIREMENTS / "page.txt" if name == "page" else ROOT / "layers" / f"{name}.txt"
    assert pins(lock) <= named("run")


def test_the_templates_are_tested_with_what_makes_them() -> None:
    assert named("bootstrap") <= named("deploy") <= named("dev")
    assert named("bootstrap") <= named("cloud")


def test_a_purpose_serves_those_whose_locks_it_holds() -> None:
    purposes = [name for environment in prepare.ENVIRONMENTS for name in environment.purposes]
    assert purposes == list(prepare.PURPOSES)


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Environment:
    """An environment that says it is Python 3.11.7, with the product in it."""
    monkeypatch.setattr(Environment, "version", lambda self: "3.11.7")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "analyst").touch()
    return Environment(folder=tmp_path, purposes=prepare.PRODUCT.purposes, has_product=True)


def test_another_lock_or_folder_needs_another_set_up(environment: Environment) -> None:
    state = {"root": str(ROOT), "python": "3.11.7", "run": environment.digest("run")}
    assert environment.works(state) and environment.is_current(state, "run")
    assert not environment.works({**state, "root": "/elsewhere"})
    assert not environment.works({**state, "python": "3.11.1"})
    assert not environment.is_current({**state, "run": "other"}, "run")
    assert not environment.is_current(state, "dev")


def test_what_was_noted_is_found_again(environment: Environment) -> None:
    assert environment.read_state() == {}
    environment.note(npm="a")
    environment.note(run="b")
    assert environment.read_state() == {"npm": "a", "run": "b"}


# --- Node and npm, by stand-ins that note how they were called


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A machine with nothing but a shell, and a cdk folder of our own."""
    for folder in ("bin", "cdk", "venv/bin"):
        (tmp_path / folder).mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        (tmp_path / "cdk" / name).write_text(json.dumps({}))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}/bin")
    monkeypatch.setattr(node, "CDK", tmp_path / "cdk")
    yield tmp_path


def deployment(machine: Path) -> Environment:
    """The environment that deploys, on this machine."""
    return Environment(folder=machine / "venv", purposes=prepare.DEPLOYMENT.purposes)


def put_node(folder: Path, *, version: str, npm: bool = True) -> None:
    """A stand-in: `npm ci` makes the tool and counts its runs."""
    ci = 'mkdir -p node_modules/.bin && touch node_modules/.bin/cdk && echo "$*" >> runs'
    scripts = {"node": f"echo v{version}"}
    if npm:
        scripts["npm"] = f'if [ "$1" = --version ]; then echo 11; else {ci}; fi'
    for name, script in scripts.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)


def test_npm_runs_once_for_a_lock(machine: Path) -> None:
    put_node(machine / "bin", version="20.1.0")
    for _ in range(2):
        node.prepare_cdk(deployment(machine))
    (machine / "cdk" / "package-lock.json").write_text("{ }")
    node.prepare_cdk(deployment(machine))
    runs = (machine / "cdk" / "runs").read_text().splitlines()
    assert len(runs) == 2 and all(run.startswith("ci ") for run in runs)


@pytest.mark.parametrize("on_path", [{"version": "18.19.0"}, {"version": "22.0.0", "npm": False}], ids=str)
def test_an_old_node_or_one_without_npm_is_replaced_by_our_own(
    machine: Path, monkeypatch: pytest.MonkeyPatch, on_path: dict[str, object]
) -> None:
    put_node(machine / "bin", **on_path)  # type: ignore[arg-type]
    added: list[str] = []

    def add(self: Environment, lock: str) -> None:
        added.append(lock)
        put_node(machine / "venv" / "bin", version="24.0.0")

    monkeypatch.setattr(Environment, "add_locked", add)
    node.prepare_cdk(deployment(machine))
    assert added == ["node"] and node.find_node(deployment(machine)) == machine / "venv" / "bin"


def test_a_failing_npm_is_one_sentence(machine: Path) -> None:
    put_node(machine / "bin", version="20.1.0")
    (machine / "bin" / "npm").write_text('#!/bin/sh\n[ "$1" = --version ] && echo 11\n')
    with pytest.raises(CannotPrepare, match=r"npm; check the network and try again\.$"):
        node.prepare_cdk(deployment(machine))
    assert "npm" not in deployment(machine).read_state()


def test_a_copy_without_the_tools_lock_is_named(machine: Path) -> None:
    (machine / "cdk" / "package-lock.json").unlink()
    with pytest.raises(CannotPrepare, match=r"package-lock\.json is missing"):
        node.prepare_cdk(deployment(machine))
