"""Fifty questions at once, most of them of one person: nothing fails, and nobody waits for the one who asks most."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

import bench_questions
from analyst.errors import AnalystError
from analyst.identity import Entrance, Principal
from analyst.ports import QuestionRecord
from analyst.question import Status
from bench_figures import Figure, spread
from bench_installation import Running

ASKED = {"ann": 30, "bob": 5, "cem": 5, "dai": 5, "eve": 5}
"""How many questions each person puts at the same moment."""
LONGEST_SECONDS = 600.0
LOOK_SECONDS = 0.05


@dataclass(frozen=True, kw_only=True)
class _Put:
    person: str
    id: str
    at: float


def measure(running: Running) -> Iterator[Figure]:
    """Put all, wait for all."""
    put = _put(running)
    ended = _ended(running, put)
    waits = {p.id: ended[p.id][0] - p.at for p in put if p.id in ended}
    failed = [p for p in put if p.id not in ended or ended[p.id][1].status is not Status.ANSWERED]
    count = sum(ASKED.values())
    yield Figure(
        part="load",
        title=f"{count} questions at once: how many were not answered",
        unit="questions",
        values={"value": float(len(failed) + count - len(put))},
        target=("value", 1.0),
        counted=f"Put by {len(ASKED)} people within {put[-1].at - put[0].at:.2f} s; two workers, a scripted model.",
    )
    yield Figure(
        part="load",
        title=f"{count} questions at once: from putting one to its end",
        unit="s",
        values=spread(waits.values()),
    )
    yield _fairness(put, ended, waits)


def _fairness(
    put: Sequence[_Put], ended: dict[str, tuple[float, QuestionRecord]], waits: dict[str, float]
) -> Figure:
    most = max(ASKED, key=lambda person: ASKED[person])
    places = {
        question_id: n for n, question_id in enumerate(sorted(ended, key=lambda q: ended[q][0]), start=1)
    }
    others = [p for p in put if p.person != most]
    # In turn, everybody's fifth question is among the first five rounds.
    fair = len(ASKED) * max(n for person, n in ASKED.items() if person != most)
    by_person = {
        person: median(waits[p.id] for p in put if p.person == person and p.id in waits) for person in ASKED
    }
    return Figure(
        part="load",
        title="Place at which the last question of the others ended",
        unit=f"of {len(put)}",
        values={"value": float(max((places.get(p.id, len(put)) for p in others), default=0))},
        target=("value", fair + 3.0),
        counted=f"{most} put {ASKED[most]}; in turn the others are done at {fair}, two workers may shift it by two."
        " Median waits: " + ", ".join(f"{person} {seconds:.1f} s" for person, seconds in by_person.items()),
    )


def _put(running: Running) -> list[_Put]:
    """The one who asks most comes first; all at once, each on a thread of their own."""
    put: list[_Put] = []
    lock = threading.Lock()
    texts = list(bench_questions.scripted_replies())

    def ask(person: str) -> None:
        house = running.house
        principal = Principal(entrance=Entrance.OS, name=person)
        for number in range(ASKED[person]):
            try:
                question = house.desk.new_question(
                    texts[number % len(texts)],
                    source="",
                    session_id="",
                    principal=principal,
                    request_id="bench",
                    mode="fast",
                    use_cache=False,
                )
                at = time.perf_counter()
                house.desk.put(question)
            except AnalystError:
                continue
            with lock:
                put.append(_Put(person=person, id=question.id, at=at))

    threads = [threading.Thread(target=ask, args=(person,)) for person in ASKED]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(put, key=lambda p: p.at)


def _ended(running: Running, put: Sequence[_Put]) -> dict[str, tuple[float, QuestionRecord]]:
    ended: dict[str, tuple[float, QuestionRecord]] = {}
    deadline = time.perf_counter() + LONGEST_SECONDS
    while len(ended) < len(put) and time.perf_counter() < deadline:
        for question in put:
            if question.id not in ended:
                record = running.house.questions.get(question.id)
                if record.status.finished:
                    ended[question.id] = (time.perf_counter(), record)
        time.sleep(LOOK_SECONDS)
    return ended
