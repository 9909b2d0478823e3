"""`analyst guard --policy` and `analyst policy`: what they print, and what they say when something is wrong."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from analyst.cli import main

ROOT = Path(__file__).parents[2]
EXAMPLE = str(ROOT / "docs" / "policies.example.toml")
SCHEMA = str(ROOT / "tests" / "policies" / "schema.json")
WHO = ["--policy", EXAMPLE, "--role", "sales", "--source", "shop", "--schema", SCHEMA]


def guarded(sql: str, *more: str, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(sql))
    return main(["guard", "--dialect", "postgres", *more])


def test_guard_with_a_policy_prints_what_would_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--user", "tenant=1", "--user", "countries=DE", "--user", "countries=FR"]
    assert guarded("SELECT name FROM customers", *WHO, *given, monkeypatch=monkeypatch) == 0
    said = capsys.readouterr().out
    assert "customers.tenant_id = 1 AND customers.country IN ('DE', 'FR')" in said and "LIMIT 10001" in said


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (WHO, 3, "needs to know your tenant"),
        ([*WHO, "--user", "tenant"], 2, "--user is written as KEY=VALUE"),
        (["--role", "sales"], 2, "need --policy"),
        (["--policy", EXAMPLE], 2, "--policy needs --role"),
        (["--policy", EXAMPLE, "--role", "nobody"], 3, "You have no role here"),
        (["--policy", "absent.toml", "--role", "sales"], 2, "cannot be read"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(
    options: list[str],
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert guarded("SELECT 1 FROM orders", *options, monkeypatch=monkeypatch) == code
    assert said in capsys.readouterr().err


def test_policy_check_tells_what_the_file_holds(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "check", "--policy", EXAMPLE, "--source", "shop", "--schema", SCHEMA]) == 0
    assert capsys.readouterr().out == "Policies 2026-11: admin, sales.\n"


def test_policy_check_names_what_does_not_fit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "policies.toml"
    file.write_text('[roles.r.sources.shop]\ntables = ["public.odrers"]\n')
    assert main(["policy", "check", "--policy", str(file), "--source", "shop", "--schema", SCHEMA]) == 2
    assert "there is no table public.odrers" in capsys.readouterr().err


def test_policy_sql_prints_row_security(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "sql", *WHO, "--login", "sales_reader"]) == 0
    said = capsys.readouterr().out
    assert "CREATE POLICY analyst_sales ON public.orders AS RESTRICTIVE FOR SELECT TO sales_reader" in said
