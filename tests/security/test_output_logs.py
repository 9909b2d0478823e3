"""Log lines hold no secret, nothing personal, and nothing of questions, rows and database texts."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Iterator

import pytest

from analyst import log

SECRETS = [
    ("postgresql://ann:s3cr3t@db.example:5432/x failed", "s3cr3t"),
    ("postgres://ann:p@ss/w0rd@db.example/x", "w0rd"),
    ("index https://key-AbCd1234@pypi.example/simple", "AbCd1234"),
    ("password=hunter2 host=db", "hunter2"),
    ("PGPASSWORD=hunter2", "hunter2"),
    ('{"password": "hunter \\"2"}', "hunter"),
    ("{'api_key': 'abc-123-def'}", "abc-123"),
    ("X-Api-Key: abcdef", "abcdef"),
    ("Authorization: Bearer abc.def.ghi", "abc.def"),
    ("token=abc123&x=1", "abc123"),
    ("DB_PASSWORD_FILE: /x/y", "/x/y"),
    ("client_secret = 'x y z'", "x y z"),
    ("https://s3.example/x?X-Amz-Signature=0a1b2c3d&X-Amz-Security-Token=FwoG", "0a1b2c3d"),
    ("https://s3.example/x?X-Amz-Signature=0a1b2c3d&X-Amz-Security-Token=FwoG", "FwoG"),
    ("key AKIAIOSFODNN7EXAMPLE was used", "AKIAIOSFODNN7EXAMPLE"),
    ("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "K7MDENG"),
    ("got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-DEF_1", "eyJzdWIi"),
    ("sk-ant-REDACTED", "REDACTED"),
    ("ghp_0123456789abcdefghijABCDEFGHIJ012345", "ghp_0123"),
    ("person kX9dQ2-vB7mLpR4tY8wZ1aC6eF3hJ5nS0uG_iKoPqTr", "kX9dQ2"),
    ("-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----", "MIIEow"),
    ("-----BEGIN PRIVATE KEY-----\nMIIEow", "MIIEow"),
]
PERSONAL = [
    ("mail of ann.lee+x@mail.example.org", "ann.lee"),
    ("card 4111 1111 1111 1111", "1111"),
    ("card 5555-5555-5555-4444.", "4444"),
    ("amex 378282246310005", "378282246310005"),
    ("call +49 170 1234567", "1234567"),
    ("call +1 (415) 555-2671", "555"),
    ("call (415) 555-2671 now", "2671"),
    ("call 0170 1234567", "1234567"),
    ("iban DE89 3704 0044 0532 0130 00", "3704"),
    ("ssn 123-45-6789", "6789"),
]
KEPT = [
    "GET /query/3f2b8c1e-7a4d-4e1b-9c55-0a1b2c3d4e5f: 200",
    "draft: answer, 57 tokens",
    "prompt_tokens 1763 completion_tokens 57",
    "secret analyst/db cannot be read anew; what was read before still holds",
    'OperationalError\n  File "/srv/code/analyst/local/model_server.py", line 120, in run',
    "2026-11-21 00:04:42 127.0.0.1:55432 took 12345.6 ms, 336776 rows",
    "postgresql://db.example:5432/flights",
    "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "the function data-analyst-stack-WorkerFunction-Abcdefgh could not be invoked",
    "request 1763683482000 of arn:aws:lambda:eu-central-1:123456789012:function:querybot",
    "state database: UniqueViolation 23505",
]


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What the real handler and formatter write, from the lowest level on."""
    root = logging.getLogger()
    before, level, stream = root.handlers[:], root.level, io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    log.start("DEBUG")
    yield stream
    root.handlers[:] = before
    root.setLevel(level)


@pytest.mark.parametrize(("text", "hidden"), [*SECRETS, *PERSONAL])
def test_a_line_is_redacted_however_it_is_logged(text: str, hidden: str, lines: io.StringIO) -> None:
    logger = logging.getLogger("somebody.elses")
    logger.warning("%s", text)
    logger.warning("it says %(what)s", {"what": text})
    logger.warning(text.replace("%", "%%"))
    logger.error("with an object: %r", [text] if "\n" not in text and '"' not in text else text)
    logger.error("wrong arguments %d: " + text.replace("%", ""), "x")
    found = lines.getvalue()
    assert len([json.loads(line) for line in found.splitlines()]) == 5
    assert hidden not in found


@pytest.mark.parametrize("text", KEPT)
def test_what_operators_need_stays(text: str, lines: io.StringIO) -> None:
    logging.getLogger("x").info("%s", text)
    assert json.loads(lines.getvalue())["message"] == text


def test_an_exceptions_text_is_not_written(lines: io.StringIO) -> None:
    try:
        raise ValueError("CANARY of a row")
    except ValueError:
        logging.getLogger("x").exception("it failed", extra={"row": "CANARY"}, stack_info=True)
    assert "CANARY" not in lines.getvalue() and json.loads(lines.getvalue())["exception"] == "ValueError"


def test_a_text_cannot_make_a_line_of_its_own(lines: io.StringIO) -> None:
    logging.getLogger("x").info('one\n{"level": "error"}\x1b[2J\u2028')
    assert len(lines.getvalue().splitlines()) == 1 and "\x1b" not in lines.getvalue()


def test_redacting_twice_changes_nothing() -> None:
    for text, _ in (*SECRETS, *PERSONAL):
        assert log.redacted(log.redacted(text)) == log.redacted(text)


def test_a_huge_line_is_cut() -> None:
    assert len(log.redacted("x " * 100_000)) < 8100
