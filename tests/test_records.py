"""Answers, catalogs and settings survive the way through JSON and the environment."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from analyst.answer import Answer, Receipt
from analyst.catalog import Catalog, Column, Link, Table
from analyst.chart import Chart, ChartType
from analyst.errors import ConfigurationError
from analyst.ports import QuestionRecord
from analyst.question import Question, Status, Usage
from analyst.record import answer_from_dict, answer_to_dict, document
from analyst.result import Kind, ResultColumn, ResultSet
from analyst.settings import Settings, read_env_file

RESULT = ResultSet(
    columns=(ResultColumn(name="a", kind=Kind.INTEGER), ResultColumn(name="a", kind=Kind.TEXT)),
    rows=((1, "x"),),
    row_count=5,
    truncated=True,
    id="r",
)
ANSWER = Answer(
    status=Status.ANSWERED,
    words="One.",
    words_by="model",
    result=RESULT,
    chart=Chart(type=ChartType.BAR, x=1, y=(0,), alternatives=(ChartType.BAR, ChartType.PIE)),
    receipt=Receipt(
        id="q",
        source="postgres://h:1/d",
        sql="s",
        executed_sql="e",
        filters=("a",),
        usage=Usage(model="m", calls=2),
    ),
    suggestions=("Why?",),
)


def test_an_answer_is_kept_without_its_rows() -> None:
    kept = answer_from_dict(json.loads(json.dumps(answer_to_dict(ANSWER))))
    assert kept.result is not None and kept.result.rows == () and kept.result.row_count == 5
    assert (kept.chart, kept.receipt, kept.suggestions) == (ANSWER.chart, ANSWER.receipt, ANSWER.suggestions)


def test_the_document_names_the_source_and_hides_its_key() -> None:
    question = Question(
        id="i",
        text="Q?",
        session_id="s",
        source="postgres://h:1/d",
        asked_at=datetime(2026, 1, 1, tzinfo=UTC),
        request_id="r",
    )
    shown = document(
        QuestionRecord(question=question, status=Status.ANSWERED, answer=ANSWER),
        source_name="shop",
        rows=RESULT,
    )
    assert shown["source"] == shown["answer"]["receipt"]["source"] == "shop"
    assert shown["answer"]["table"]["rows"] == [[1, "x"]]
    assert shown["answer"]["receipt"]["model"] == "m"
    assert "postgres://" not in json.dumps(shown)


def test_a_catalog_survives_json_and_its_fingerprint_sees_shape_alone() -> None:
    column = Column(name="a", type="int", values=("1",))
    table = Table(schema="public", name="t", columns=(column,), unique_keys=(("a",),), rows=3)
    other = Table(schema="public", name="u", columns=(Column(name="a", type="int"),))
    link = Link(table=table.key, columns=("a",), to_table=other.key, to_columns=("a",))
    catalog = Catalog(
        source="s", dialect="postgres", tables=(table, other), links=(link,), glossary=(("w", "m"),)
    )
    again = Catalog.from_dict(json.loads(json.dumps(catalog.to_dict())))
    assert again == catalog
    grown = Catalog(source="s", dialect="postgres", tables=(Table(**{**vars(table), "rows": 99}), other))
    changed = Catalog(source="s", dialect="postgres", tables=(table,))
    looser = replace(catalog, tables=(replace(table, unique_keys=()), other))
    assert looser.fingerprint() == catalog.fingerprint(), "approved answers go on to serve"
    before = looser.to_dict()
    for kept in before["tables"]:
        del kept["unique_keys"]
    assert Catalog.from_dict(before) == looser, "as an earlier version stored it"
    assert grown.fingerprint() == catalog.fingerprint() != changed.fingerprint()


def test_settings_come_from_the_environment_and_go_back_into_one() -> None:
    settings = Settings.read({"ANALYST_PORT": "9000", "ANALYST_DATA": "/x", "ANALYST_TIMEOUT_SECONDS": "2.5"})
    assert (settings.port, settings.data, settings.timeout_seconds) == (9000, Path("/x"), 2.5)
    assert Settings.read(settings.environment()) == settings
    with pytest.raises(ConfigurationError, match="ANALYST_MODEL may be local, openai, bedrock"):
        Settings.read({"ANALYST_MODEL": "bogus"})
    with pytest.raises(ConfigurationError, match="ANALYST_PORT"):
        Settings.read({"ANALYST_PORT": "many"})
    with pytest.raises(ConfigurationError, match="ANALYST_FISCAL_START may be from 1 to 12; it is '13'"):
        Settings.read({"ANALYST_FISCAL_START": "13"})
    for share in ("1.5", "-0.1", "nan"):
        with pytest.raises(ConfigurationError, match="ANALYST_ABSTAIN_BELOW may be from 0 to 1"):
            Settings.read({"ANALYST_ABSTAIN_BELOW": share})
    assert Settings.read({"ANALYST_ABSTAIN_BELOW": "1", "ANALYST_FISCAL_START": "12"}).fiscal_start == 12


def test_secrets_are_not_shown() -> None:
    settings = Settings.read(
        {"ANALYST_MODEL_KEY": "s3cret", "ANALYST_STATE_URL": "postgresql://u:s3cret@h/d"}
    )
    assert "s3cret" not in repr(settings)


def test_an_env_file(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("# note\nexport ANALYST_MODEL='openai'\nANALYST_PORT = 9\n\nnonsense\n")
    assert read_env_file(path) == {"ANALYST_MODEL": "openai", "ANALYST_PORT": "9"}
    assert read_env_file(tmp_path / "none") == {}
