"""`analyst examples`: files in and out, broken rows named, and pairs approved, checked and revoked."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from houses import MakeHouse, NewDatabase, execute
from scripted_model import Says, always

from analyst.cli import main
from analyst.wiring import House

GOOD = {"question": "What is the total?", "sql": "SELECT sum(amount) AS total FROM orders"}


@pytest.fixture
def shop_url(new_database: NewDatabase) -> str:
    return new_database("CREATE TABLE orders (id integer PRIMARY KEY, amount integer)")


@pytest.fixture
def house(make_house: MakeHouse, shop_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """The house that the commands find, too."""
    monkeypatch.chdir(tmp_path)
    made = make_house(always(Says(text="I cannot.")), sources=f"shop={shop_url}")
    for name in ("state_url", "sources", "data", "model", "model_id", "model_url"):
        monkeypatch.setenv(f"ANALYST_{name.upper()}", str(getattr(made.settings, name)))
    return made


def kept(house: House) -> dict[str, str]:
    return {e.question: e.status.value for e in house.examples.all()}


def test_good_lines_are_in_and_bad_ones_are_named(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [
        "\ufeff" + json.dumps(GOOD | {"note": "from the \u2028 team"}, ensure_ascii=False),
        "not json",
        json.dumps({"question": "Drop it?", "sql": "DROP TABLE orders"}),
        "",
        json.dumps({"question": "No SQL?", "sql": " "}),
        json.dumps({"question": 7, "sql": "SELECT 1"}),
        json.dumps({"question": "Gone?", "sql": "SELECT gone FROM orders"}),
        json.dumps(GOOD | {"question": "what is the total"}),
        json.dumps(GOOD | {"question": "Which total is it with half \ud800 a sign in all these words?"}),
        json.dumps(GOOD | {"question": "With a wild note?", "note": "\ud800\u0000"}),
    ]
    file = tmp_path / "pairs.jsonl"
    file.write_bytes("\r\n".join(lines).encode())
    assert main(["examples", "import", str(file), "--approve-as", "team"]) == 1
    said = capsys.readouterr()
    assert said.out == "3 of 9 pairs are in.\n"
    assert [line.split(":")[1].strip() for line in said.err.splitlines()] == [
        *("line 2", "line 3", "line 5", "line 6", "line 7", "line 10")
    ]
    odd = "Which total is it with half  a sign in all these words?"
    assert kept(house) == {GOOD["question"]: "approved", odd: "approved"}
    first = house.examples.all()[-1]
    assert first.note.startswith("from the") and first.decided_by == "team"
    assert main(["examples", "import", str(tmp_path / "absent.jsonl")]) == 2


def test_a_sheet_goes_in_and_out(house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["About this file"])
    sheet = book.create_sheet("Pairs")
    for row in [["Note", "SQL", "Question"], ["n", GOOD["sql"], GOOD["question"]], [None, None, "No SQL?"]]:
        sheet.append(row)
    book.save(tmp_path / "in.xlsx")
    assert main(["examples", "import", str(tmp_path / "in.xlsx")]) == 1
    said = capsys.readouterr()
    assert (said.out, said.err) == ("1 of 2 pairs are in.\n", "analyst: row 3: has no sql\n")
    assert kept(house) == {GOOD["question"]: "proposed"}
    for name in ("out.xlsx", "out.jsonl"):
        assert main(["examples", "export", str(tmp_path / name)]) == 0
        execute(house.settings.state_url, "DELETE FROM examples")
        assert main(["examples", "import", str(tmp_path / name)]) == 0
        assert [(e.question, e.note) for e in house.examples.all()] == [(GOOD["question"], "n")]
    assert main(["examples", "export", str(tmp_path / "out.csv")]) == 2
    book.remove(sheet)
    book.save(tmp_path / "in.xlsx")
    assert main(["examples", "import", str(tmp_path / "in.xlsx")]) == 2
    assert "names the columns question and sql" in capsys.readouterr().err


def test_from_proposed_to_revoked(house: House, shop_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    key = house.sources.get("").key
    id = str(house.teach(key, GOOD["question"], GOOD["sql"]).id)
    assert main(["examples", "approve", id, "--note", "looked at"]) == 0
    assert f"#{id} approved by " in capsys.readouterr().out
    assert main(["examples", "check"]) == 0
    assert capsys.readouterr().out == "1 of 1 pairs serve.\n"
    execute(shop_url, "ALTER TABLE orders RENAME amount TO sum")
    assert main(["examples", "check", id]) == 1
    assert "quarantined" in capsys.readouterr().out
    assert main(["examples", "approve", id]) == 3
    assert main(["examples", "approve", id, "--sql", 'SELECT sum("sum") AS total FROM orders']) == 0
    capsys.readouterr()
    assert main(["examples", "list", "--status", "approved", "--json"]) == 0
    (listed,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert listed["question"] == GOOD["question"] and listed["id"] != int(id)
    assert main(["examples", "revoke", str(listed["id"]), "--note", "not it"]) == 0
    assert kept(house) == {GOOD["question"]: "revoked"}
    assert main(["examples", "revoke", "99"]) == 2
