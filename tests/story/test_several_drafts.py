"""Thorough questions: several drafts, of which the results vote, on a real database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from houses import MakeHouse, asked
from scripted_model import Behaviour, Says

from analyst import prompts
from analyst.answer import Answer, Receipt
from analyst.errors import Cancelled, QueryTimeout, Refused
from analyst.question import Mode, Status
from analyst.result import Cell
from analyst.wiring import House
from analyst.work import Work

QUESTION = "How large is the data on flights and planes?"
RIGHT = "SELECT count(*) FROM flights"
ALSO_RIGHT = "SELECT 'flights' AS name, count(*) AS n FROM flights"
OTHER = "SELECT count(*) FROM planes"
THIRD = "SELECT count(*) FROM airports"
EMPTY = "SELECT tailnum FROM flights WHERE distance < 0"
BROKEN = "SELECT nothing_like_it FROM flights"
SLOW = "SELECT count(*) FROM flights AS a JOIN flights AS b ON a.origin = b.origin WHERE a.distance * b.distance > 7"
CANNOT = "CANNOT: there is no data on it."
CLARIFY = "CLARIFY: Do you mean the flights as planned or as flown?"
WRITE = "DELETE FROM flights"
FLIGHTS, PLANES = 336776, 3322


@dataclass
class BySample:
    """Answers each sample with a draft of its own, and repairs and words with theirs."""

    drafts: Sequence[str]
    repair: str = BROKEN
    before: Callable[[int], None] = lambda _: None
    """Called with the number of each sample before it is answered."""
    house: House | None = None
    drawn: list[tuple[int, float]] = field(default_factory=list)
    """The seed and the temperature of every draft, in order; no seed is 0."""

    def __call__(self, messages: Sequence[Mapping[str, str]]) -> Behaviour:
        if messages[0]["content"] == prompts.text("words"):
            return Says(text="These are the flights.")
        if messages[-2]["role"] == "assistant" and "did not work" in messages[-1]["content"]:
            return Says(text=f"```sql\n{self.repair}\n```")
        document = self.house.scripted.requests[-1].document  # type: ignore[union-attr]
        sample = int(document.get("seed") or 0)
        self.drawn.append((sample, float(document["temperature"])))
        self.before(sample)
        draft = self.drafts[sample]
        return Says(text=draft if draft in (CANNOT, CLARIFY) else f"```sql\n{draft}\n```")


Ask = Callable[..., Answer]


@pytest.fixture
def ask(make_house: MakeHouse) -> Ask:
    """Asks the house a thorough question; the script, the work and the house are then `ask.script` and so on."""

    def put(
        *drafts: str, question: str = QUESTION, settings: Mapping[str, object] = {}, **more: object
    ) -> Answer:
        script = BySample(drafts, **more)  # type: ignore[arg-type]
        script.house = make_house(script, **settings)
        work = asked(script.house, question, mode=Mode.THOROUGH)
        vars(put).update(script=script, work=work, house=script.house)
        return script.house.analyst.ask(work)

    return put


def rows(answer: Answer) -> tuple[tuple[Cell, ...], ...]:
    assert answer.status is Status.ANSWERED and answer.result is not None
    return answer.result.rows


def receipt(answer: Answer) -> Receipt:
    assert answer.receipt is not None
    return answer.receipt


def stored(ask: Ask) -> int:
    """How many results were left behind, finished or not."""
    folder = vars(ask)["house"].settings.data / "results"
    return len(list(folder.iterdir())) if folder.exists() else 0


@pytest.mark.parametrize(
    ("drafts", "expected", "drawn"),
    [
        pytest.param((RIGHT, RIGHT, RIGHT), FLIGHTS, 3, id="three of five settle it"),
        pytest.param((OTHER, RIGHT, RIGHT, RIGHT), FLIGHTS, 4, id="the majority wins, not the first"),
        pytest.param((OTHER, RIGHT, OTHER, RIGHT, RIGHT), FLIGHTS, 5, id="the last one decides"),
        pytest.param(
            (OTHER, RIGHT, ALSO_RIGHT, RIGHT), FLIGHTS, 4, id="a further column disagrees with nobody"
        ),
        pytest.param((BROKEN, RIGHT, BROKEN, RIGHT, BROKEN), FLIGHTS, 5, id="drafts that fail have no vote"),
        pytest.param((CANNOT, RIGHT, OTHER, CANNOT, RIGHT), FLIGHTS, 5, id="values win a tie with a refusal"),
        pytest.param((OTHER, RIGHT, RIGHT, OTHER, BROKEN), PLANES, 5, id="the earliest wins a tie"),
        pytest.param((EMPTY, RIGHT, EMPTY, RIGHT, BROKEN), FLIGHTS, 5, id="values win a tie with nothing"),
        pytest.param((OTHER, RIGHT, THIRD, EMPTY, BROKEN), PLANES, 5, id="the likeliest where all differ"),
    ],
)
def test_the_results_vote(ask: Ask, drafts: Sequence[str], expected: int, drawn: int) -> None:
    answer = ask(*drafts)
    assert expected in rows(answer)[0]
    script: BySample = vars(ask)["script"]
    assert [sample for sample, _ in script.drawn] == list(range(drawn))
    assert [temperature > 0 for _, temperature in script.drawn] == [False] + [True] * (drawn - 1)
    assert receipt(answer).attempts == drawn
    assert stored(ask) == 1, "the losers leave nothing behind"
    assert answer.result is not None
    kept = vars(ask)["house"].results.head(answer.result.id, rows=5)
    assert kept.rows == answer.result.rows


def test_a_draft_that_leaves_out_what_the_question_says_counts_less(ask: Ask) -> None:
    said = "SELECT count(*) FROM flights WHERE origin = 'JFK'"
    unsaid = "SELECT count(*) FROM flights WHERE origin = 'LGA'"
    answer = ask(unsaid, unsaid, said, BROKEN, BROKEN, question="How many flights left from JFK?")
    assert rows(answer) == ((111279,),)


def test_the_receipt_is_the_winners(ask: Ask) -> None:
    """Its SQL, its notes and its warnings, and none of those of the drafts that lost."""
    hidden = "SELECT origin, count(*) FROM flights GROUP BY origin LIMIT 10"
    listed = "SELECT origin, count(*) FROM flights WHERE origin <> 'XXX' GROUP BY origin"
    fixed = "SELECT faa, name FROM airport LIMIT 1"
    question = "List the number of flights of all origins."
    shown = receipt(ask(fixed, listed, hidden, hidden, question=question))
    assert "WHERE" in shown.sql and shown.executed_sql and shown.tables == ("public.flights",)
    assert not any("LIMIT" in note or "airport" in note for note in shown.assumptions)
    assert not any("All rows are shown" in note for note in shown.assumptions)
    shown = receipt(ask(hidden, fixed, listed, listed, question=question))
    assert any("All rows are shown, not 10" in note for note in shown.assumptions)
    assert not any("airport" in note for note in shown.assumptions)


def test_few_votes_are_said_and_lower_the_confidence(ask: Ask) -> None:
    doubted = receipt(ask(RIGHT, OTHER, THIRD, RIGHT, BROKEN))
    assert doubted.warnings[0].startswith("Only 2 of 5 drafts")
    most = receipt(ask(OTHER, RIGHT, THIRD, RIGHT, RIGHT))
    every = receipt(ask(RIGHT, RIGHT, RIGHT))
    assert most.warnings == every.warnings == ()
    assert doubted.confidence < most.confidence < every.confidence


def test_where_every_draft_fails_one_is_repaired(ask: Ask) -> None:
    answer = ask(*[BROKEN] * 5, repair=RIGHT)
    assert rows(answer) == ((FLIGHTS,),)
    assert receipt(answer).attempts == 7, "five, the likeliest once more, and its repair"
    assert stored(ask) == 1


def test_where_every_repair_fails_too_it_is_said(ask: Ask) -> None:
    answer = ask(*[BROKEN] * 12)
    assert answer.status is Status.UNANSWERABLE and "nothing_like_it" in answer.words
    assert stored(ask) == 0


@pytest.mark.parametrize(
    ("drafts", "status"),
    [
        ((CANNOT, RIGHT, CANNOT, OTHER, CANNOT), Status.UNANSWERABLE),
        ((CANNOT, CANNOT, CANNOT), Status.UNANSWERABLE),
        ((RIGHT, CANNOT, CANNOT, CANNOT), Status.UNANSWERABLE),
        ((CLARIFY, CLARIFY, OTHER, CLARIFY), Status.CLARIFY),
    ],
)
def test_most_decline(ask: Ask, drafts: Sequence[str], status: Status) -> None:
    answer = ask(*drafts)
    assert answer.status is status and answer.result is None
    assert receipt(answer).sql == "", "none was believed"
    assert stored(ask) == 0


def test_a_refused_write_is_refused(ask: Ask) -> None:
    with pytest.raises(Refused):
        ask(RIGHT, WRITE, RIGHT)
    assert len(vars(ask)["script"].drawn) == 2 and stored(ask) == 0


def test_a_draft_that_takes_too_long_is_only_lost(ask: Ask) -> None:
    answer = ask(SLOW, RIGHT, RIGHT, RIGHT, settings={"timeout_seconds": 1.0})
    assert rows(answer) == ((FLIGHTS,),) and stored(ask) == 1


def test_where_all_take_too_long_that_is_said(ask: Ask) -> None:
    with pytest.raises(QueryTimeout):
        ask(*[SLOW] * 5, settings={"timeout_seconds": 0.3})
    assert stored(ask) == 0


@pytest.mark.parametrize("sample", [0, 2, 4])
def test_it_can_be_cancelled_at_any_draft(ask: Ask, sample: int) -> None:
    def cancel(at: int) -> None:
        if at == sample:
            work: Work = vars(ask)["work"]
            work.cancellation.wish()

    with pytest.raises(Cancelled):
        ask(RIGHT, OTHER, RIGHT, OTHER, BROKEN, before=cancel)
    assert len(vars(ask)["script"].drawn) == sample + 1 and stored(ask) == 0


def test_fast_questions_have_one_draft(make_house: MakeHouse) -> None:
    script = BySample((OTHER, RIGHT, RIGHT, RIGHT))
    script.house = make_house(script)
    answer = script.house.analyst.ask(asked(script.house, QUESTION))
    assert rows(answer) == ((PLANES,),) and len(script.drawn) == 1
