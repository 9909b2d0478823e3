"""What an entry of the audit says: one canonical form, no long values, one verdict for each kind of error."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from analyst.audit import (
    LONGEST_TEXT,
    LONGEST_VALUE,
    RAN,
    AuditEntry,
    Kind,
    canonical,
    verdict_of,
)
from analyst.errors import (
    AnalystError,
    Cancelled,
    DatabaseUnavailable,
    Forbidden,
    Miss,
    ModelTimeout,
    QueryFailed,
    Refused,
)

AT = datetime(2026, 1, 31, 23, 0, tzinfo=timezone(timedelta(hours=-5)))
LONG = "x" * 1234


def entry(**given: object) -> dict[str, object]:
    made = AuditEntry(**({"kind": Kind.QUESTION, "verdict": RAN, "at": AT} | given))  # type: ignore[arg-type]
    found: dict[str, object] = json.loads(made.text())
    return found


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (None, "ran"),
        (Refused("no", rule="tables"), "refused:tables"),
        (Refused("no"), "refused:guard"),
        (Forbidden("no"), "refused:forbidden"),
        (Cancelled("no"), "cancelled"),
        (Miss("no"), "declined"),
        (QueryFailed("no", error_class="undefined column"), "failed:query_failed"),
        (DatabaseUnavailable("no"), "failed:database_unavailable"),
        (ModelTimeout("no"), "failed:model_timeout"),
        (AnalystError("no"), "failed:internal"),
        (ZeroDivisionError(), "failed:internal"),
        (SystemExit(0), "failed:interrupted"),
        (KeyboardInterrupt(), "failed:interrupted"),
    ],
)
def test_every_ending_has_a_verdict(error: BaseException | None, verdict: str) -> None:
    assert verdict_of(error) == verdict
    assert entry(verdict=verdict)["verdict"] == verdict


@pytest.mark.parametrize("verdict", ["", "Ran", "ran ", "refused", "refused:", "allowed", "failed"])
def test_there_is_no_other_verdict(verdict: str) -> None:
    with pytest.raises(ValueError, match="no verdict"):
        entry(verdict=verdict)


def test_the_form_is_canonical() -> None:
    text = AuditEntry(kind=Kind.EXPORT, verdict=RAN, at=AT, id="1", question='"ü"\n').text()
    assert text.startswith(
        '{"at":"2026-02-01T04:00:00.000000+00:00","detail":"","draft":"","example_id":null,'
    )
    assert '"kind":"export"' in text
    assert '"question":"\\"ü\\"\\n"' in text
    assert canonical(json.loads(text)) == text, "whoever reads it can make it again"
    assert list(json.loads(text)) == sorted(json.loads(text))


def test_an_instant_is_the_same_in_every_zone() -> None:
    assert entry(at=AT)["at"] == entry(at=AT.astimezone(UTC))["at"]


@pytest.mark.parametrize(
    ("sql", "kept"),
    [
        ("SELECT 'short' -- why", "SELECT 'short' -- why"),
        (f"SELECT '{LONG}' AS a, 'b'", "SELECT 'xxx' AS a, 'b'"),
        (f"SELECT 'it''s {LONG}', 'b'", "SELECT 'it''s xxx', 'b'"),
        (f"SELECT E'\\'{LONG}', 'b'", "SELECT E'\\'xxx', 'b'"),
        (f"SELECT $t$'{LONG}$t$, 'b'", "SELECT $t$'xxx, 'b'"),
        (f"SELECT $${LONG}$$, 'b'", "SELECT $$xxx, 'b'"),
        (f'SELECT "{LONG}", 1', 'SELECT "xxx, 1'),
        (f"SELECT 1 -- it's {LONG}\n, 'b'", "SELECT 1 -- it's xxx\n, 'b'"),
        (f"SELECT 1 /* it's {LONG} */ + 2", "SELECT 1 /* it's xxx + 2"),
        (f"SELECT '{LONG}", "SELECT 'xxx"),
        (f"SELECT $a${LONG}", "SELECT $a$xxx"),
        ("SELECT '" + "y" * 198 + "'", "SELECT '" + "y" * 198 + "'"),
    ],
)
def test_long_values_are_cut_and_everything_else_stays(sql: str, kept: str) -> None:
    cut = entry(draft=sql, query=sql, question=sql, kind=Kind.GIVEN_SQL)
    assert cut["draft"] == cut["query"] == cut["question"]
    found = str(cut["draft"])
    if LONG in sql:
        assert LONG[: LONGEST_VALUE + 1] not in found
        before, _, rest = found.partition("…[")
        after = rest.partition(" more characters]")[2]
        assert before.rstrip("x") == kept.partition("xxx")[0]
        assert after.removeprefix("'") == kept.partition("xxx")[2].removeprefix("'")
    else:
        assert found == kept


def test_a_question_in_words_is_kept_whole() -> None:
    text = "Don't count those that weren't " + "really " * 200 + "there, it's enough"
    assert entry(question=text)["question"] == text


def test_nothing_is_kept_without_end() -> None:
    many = "SELECT " + ", ".join(str(n) for n in range(50_000))
    assert len(str(entry(draft=many)["draft"])) < LONGEST_TEXT + 50
    assert len(str(entry(person="p" * 999)["person"])) < LONGEST_VALUE + 50
