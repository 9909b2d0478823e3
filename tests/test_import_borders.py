"""Borders that import contracts cannot see: folders that are no packages, and what is loaded at run time."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DATABASE_DRIVERS = {"psycopg2", "pgvector", "redshift_connector", "pyathena"}


def imported(file: Path) -> set[str]:
    """The modules that a file imports, by their dotted names."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == "analyst":
            found |= {f"analyst.{name.name}" for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def test_the_page_talks_to_the_client_alone() -> None:
    files = list((ROOT / "streamlit").rglob("*.py"))
    ours = {name for file in files for name in imported(file) if name.split(".")[0] == "analyst"}
    assert files
    assert ours == {"analyst.client", "analyst.log", "analyst.tracing"}, (
        "and its log, as every process has one"
    )


def test_the_page_imports_no_driver() -> None:
    files = (ROOT / "streamlit").rglob("*.py")
    roots = {name.split(".")[0] for file in files for name in imported(file)}
    assert roots & {"boto3", "requests", "sqlglot", *DATABASE_DRIVERS} == set()


@pytest.mark.parametrize("function", ["querybot"])
def test_importing_a_handler_loads_no_database_driver(function: str) -> None:
    code = (
        "import sys; import lambda_function; print('\\n'.join({name.split('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT / "code" / function,
        env={"PYTHONPATH": str(ROOT / "code"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) & DATABASE_DRIVERS == set()


def test_our_folder_names_shadow_nothing() -> None:
    """From the root, `import streamlit` and `import code` find the library and the standard module."""
    script = (
        "import code, streamlit; print(code.InteractiveConsole.__name__, hasattr(streamlit, 'session_state'))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.split() == ["InteractiveConsole", "True"], done.stderr
    assert not list(ROOT.glob("code/__init__.py")) + list(ROOT.glob("streamlit/__init__.py"))


def test_test_files_have_names_of_their_own() -> None:
    names = [file.name for file in (ROOT / "tests").rglob("test_*.py")]
    assert sorted(names) == sorted(set(names))


EVERY_FIRST = """
import importlib, os, sys
import boto3, numpy, psycopg2, sqlglot  # what is slow and not ours, once for all

for name in sys.argv[1:]:
    if (child := os.fork()) == 0:
        try:
            importlib.import_module(name)
        except ImportError as error:
            print(name, error, flush=True)
        os._exit(0)
    os.waitpid(child, 0)
"""


def test_every_module_can_be_the_first_that_is_imported() -> None:
    """A circle of imports shows itself to whoever happens to come in at the wrong end."""
    files = [file.relative_to(ROOT / "code") for file in (ROOT / "code" / "analyst").rglob("*.py")]
    names = [".".join(file.with_suffix("").parts).removesuffix(".__init__") for file in files]
    done = subprocess.run(
        [sys.executable, "-c", EVERY_FIRST, *sorted(names)],
        env={"PYTHONPATH": str(ROOT / "code"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
