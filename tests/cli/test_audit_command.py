"""`analyst audit`: what is exported, to whom, and how it says that an entry does not hold."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import pwd
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from houses import execute

from analyst.audit import RAN, AuditEntry, Kind, canonical
from analyst.cli import main
from analyst.stores.audit import AuditEntries
from analyst.stores.state import State

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def log(state_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AuditEntries]:
    """The audit of the installation that the command finds, with three entries."""
    monkeypatch.setenv("ANALYST_STATE_URL", state_url)
    monkeypatch.chdir(tmp_path)
    with closing(State(state_url)) as state:
        log = AuditEntries(state)
        for day, person, question in (
            (1, "ann", "=cmd()"),
            (2, "bob", 'How "many"?\nü'),
            (3, "ann", "Third"),
        ):
            at = datetime(2026, 1, day, 23, 59, tzinfo=UTC)
            log.write(
                AuditEntry(kind=Kind.QUESTION, verdict=RAN, at=at, person=person, question=question, rows=day)
            )
        yield log


def lines(capsys: Captured) -> list[dict[str, dict[str, object]]]:
    return [json.loads(line) for line in capsys.readouterr().out.split("\n") if line]


def asked(capsys: Captured, *options: str) -> list[object]:
    assert main(["audit", "export", *options]) == 0
    return [line["entry"]["question"] for line in lines(capsys) if line["entry"]["kind"] != "admin"]


def test_all_or_some_are_exported(log: AuditEntries, capsys: Captured) -> None:
    first, second, third = "=cmd()", 'How "many"?\nü', "Third"
    assert asked(capsys) == [first, second, third]
    assert asked(capsys, "--since", "2026-01-02") == [second, third]
    assert asked(capsys, "--until", "2026-01-02") == [first, second], "to the end of the day"
    assert asked(capsys, "--person", "ann", "--since", "2026-01-02", "--until", "2026-01-31") == [third]
    assert asked(capsys, "--person", "nobody") == []


def test_a_line_can_be_checked_by_anybody(log: AuditEntries, capsys: Captured) -> None:
    assert main(["audit", "export"]) == 0
    found = lines(capsys)
    for line, before in zip(found[1:], found, strict=False):
        assert line["previous"] == before["hash"]
    for line in found:
        claimed = line.pop("hash")
        assert hashlib.sha256(canonical(line).encode()).hexdigest() == claimed


def test_an_export_is_an_entry_itself(log: AuditEntries, capsys: Captured) -> None:
    assert main(["audit", "export", "--person", "ann", "--since", "2026-01-02"]) == 0
    last = list(log.entries())[-1].document["entry"]
    assert (last["kind"], last["verdict"]) == ("admin", "ran")
    assert last["person"] == pwd.getpwuid(os.getuid()).pw_name
    assert last["detail"] == "audit export since 2026-01-02 person ann"


def test_csv_holds_every_field_and_starts_no_formula(
    log: AuditEntries, tmp_path: Path, capsys: Captured
) -> None:
    out = tmp_path / "audit.csv"
    assert main(["audit", "export", "--format", "csv", "--out", str(out)]) == 0
    assert capsys.readouterr().out == f"4 entries are in {out}.\n"
    assert out.stat().st_mode & 0o777 == 0o600
    rows = list(csv.DictReader(io.StringIO(out.read_bytes().decode("utf-8-sig"), newline="")))
    assert [row["question"] for row in rows] == ["'=cmd()", 'How "many"?\nü', "Third", ""]
    assert [row["rows"] for row in rows] == ["1", "2", "3", ""]
    one = next(log.entries()).document
    assert set(rows[0]) == (set(one) | set(one["entry"])) - {"entry"}
    assert rows[0]["hash"] == one["hash"]


@pytest.mark.parametrize("out", [".", "nowhere/audit.jsonl"])
def test_a_place_that_cannot_be_written_is_wrong_usage(log: AuditEntries, out: str, capsys: Captured) -> None:
    assert main(["audit", "export", "--out", out]) == 2
    assert "cannot be written" in capsys.readouterr().err
    assert len(list(log.entries())) == 3


@pytest.mark.parametrize(
    "options",
    [
        ["export", "--since", "yesterday"],
        ["export", "--until", "2026-02-30"],
        ["export", "--format", "xlsx"],
        ["verify", "--known", "12"],
        ["verify", "--known", "12:abc"],
        [],
    ],
)
def test_wrong_options_are_wrong_usage(options: list[str], capsys: Captured) -> None:
    with pytest.raises(SystemExit) as left:
        main(["audit", *options])
    assert left.value.code == 2
    assert "Traceback" not in capsys.readouterr().err


def test_verify_names_the_newest_and_later_knows_it(
    log: AuditEntries, state_url: str, capsys: Captured
) -> None:
    assert main(["audit", "verify"]) == 0
    said = capsys.readouterr().out
    newest = list(log.entries())[-1]
    assert said == f"3 entries hold. The newest is 3:{newest.hash}\n"
    assert main(["audit", "verify", "--known", f"3:{newest.hash}"]) == 0
    assert main(["audit", "verify", "--known", f"3:{'a' * 64}"]) == 1
    assert "Entry 3 of the audit does not hold" in capsys.readouterr().err


def test_verify_names_the_first_that_does_not_hold(
    log: AuditEntries, state_url: str, capsys: Captured
) -> None:
    execute(
        state_url,
        "ALTER TABLE audit DISABLE TRIGGER ALL; UPDATE audit SET entry = replace(entry, 'ann', 'eve')",
    )
    assert main(["audit", "verify"]) == 1
    err = capsys.readouterr().err
    assert err == "analyst: Entry 1 of the audit does not hold: its content was changed.\n"


def test_an_empty_audit_holds(log: AuditEntries, capsys: Captured) -> None:
    log.forget(older_than_days=1)
    assert main(["audit", "verify"]) == 0
    assert capsys.readouterr().out == "The audit holds no entry.\n"
