"""What the pages say of the scripts: commands, sentences, outputs and services are really there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from costing.from_code import deployment
from plan import PARTS, services

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
DEPLOYING = (DOCS / "deploying.md").read_text(encoding="utf-8")
OPERATING = (DOCS / "operating.md").read_text(encoding="utf-8")
BOTH = DEPLOYING + OPERATING + (DOCS / "costs.md").read_text(encoding="utf-8")


def text(*patterns: str) -> str:
    """The files of these patterns, one after another."""
    return "\n".join(file.read_text(encoding="utf-8") for p in patterns for file in sorted(ROOT.glob(p)))


SCRIPTS = text("*.sh", "tools/shell/*", "cdk/checks/*.py", "layers/*.py")


def variable(name: str) -> set[str]:
    """The words of a variable of the scripts."""
    found = re.search(rf"^{name}='([^']+)'", SCRIPTS, re.MULTILINE)
    assert found is not None
    return set(found[1].split())


def test_commands_named_exist() -> None:
    named = set(re.findall(r"\./deploy\.sh ([a-z][a-z-]*)", BOTH))
    assert len(named) >= 7 and named <= variable("COMMANDS")


def test_components_named_exist() -> None:
    named = set(re.findall(r"\./view_logs\.sh ([a-z][a-z-]*)", BOTH))
    assert len(named) >= 5 and named <= variable("COMPONENTS") | {"all"}
    listed = OPERATING.partition("The components of `view_logs.sh` are")[2].partition(".")[0]
    assert set(re.findall(r"`([a-z-]+)`", listed)) == variable("COMPONENTS")


def test_options_of_the_scripts_exist() -> None:
    for line in BOTH.splitlines():
        found = re.search(r"\./(deploy|ssh_tunnel|view_logs)\.sh([^`#]*)", line)
        for option in re.findall(r"(?<=\s)(--?[a-z]+)", found[2] if found else ""):
            assert re.search(rf"{re.escape(option)}\b", SCRIPTS), f"there is no {option}: {line}"


def sentences() -> list[str]:
    """What the table of troubles quotes."""
    table = DEPLOYING.partition("## When something is missing")[2].partition("## Removing it")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| *")]
    return [quote for row in rows for quote in re.findall(r"\*([^*]+)\*", row)]


def test_there_are_sentences() -> None:
    assert len(sentences()) >= 12


@pytest.mark.parametrize("quote", sentences())
def test_a_sentence_quoted_is_said(quote: str) -> None:
    parts = [part.strip() for part in quote.replace("name:", "").split("…") if part.strip()]
    assert parts and not [part for part in parts if part not in SCRIPTS]


def test_outputs_named_exist() -> None:
    stacks = {part: text(f"cdk/stacks/{part}.py") for part in PARTS}
    named = set(re.findall(r"output ([a-z]+) ([A-Z]\w+)", OPERATING))
    assert len(named) >= 7
    assert not [(part, key) for part, key in named if f'"{key}"' not in stacks[part]]


def test_every_stack_is_told() -> None:
    assert [part for part in PARTS if f"| `analyst-{part}` |" not in DEPLOYING] == []


def test_services_that_a_closed_network_needs_are_listed() -> None:
    lake = {"name": "lake", "engine": "athena", "glue_databases": ["lake"]}
    calls = {"name": "calls", "engine": "redshift", "database": "dev", "via": "data-api", "cluster": "house"}
    wire = {"engine": "redshift", "database": "dev", "login": "iam", "address": "redshift.example.com:5439"}
    house = {**wire, "name": "house", "cluster": "house"}
    id = "0a1b2c3d-0000-4000-8000-0123456789ab"
    analysts = {**wire, "name": "analysts", "workgroup": "analysts", "resource_id": id}
    every = [lake, calls, house, analysts]
    needed = set(services(deployment({"sources": every}))) - {"execute-api"}
    told = DEPLOYING.partition("**Private subnets without a way out** need")[2].partition("`check` names")[0]
    assert needed == set(re.findall(r"`([a-z0-9.-]+)`", told)) - {"embedder", "minilm", "iam"}


def test_defaults_told_in_words_are_the_defaults() -> None:
    default = deployment({})
    reserved = default.api_concurrency + default.worker_concurrency + default.querybot_concurrency
    assert f"the defaults reserve {reserved}, and 100 must stay free" in " ".join(DEPLOYING.split())
    assert f"`database_backup_days` ({default.database_backup_days})" in OPERATING
    assert f"`keep_results_days` ({default.keep_results_days})" in OPERATING
    assert f"are {default.throttle_rate} requests a second, the default" in OPERATING
