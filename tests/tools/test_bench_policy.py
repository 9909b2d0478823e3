"""`bench_policy`: what it compares is the same question, with and without the rewriting."""

from __future__ import annotations

from contextlib import closing

import psycopg2
import pytest

import bench_policy
from analyst.engines import open_engine
from analyst.policy import Policy


@pytest.mark.parametrize("condition", bench_policy.FILTERS.values(), ids=list(bench_policy.FILTERS))
def test_a_policy_and_its_condition_by_hand_find_the_same_flights(flights: str, condition: str) -> None:
    with closing(open_engine(flights, query_id="test")) as engine:
        catalog = engine.catalog(source="flights")
    with closing(psycopg2.connect(flights)) as connection, connection.cursor() as cursor:
        for question in bench_policy.QUESTIONS:
            by_hand, policy = bench_policy.texts_of(question, condition, catalog)[1:]
            found = []
            for sql in (by_hand, policy):
                cursor.execute(sql)
                found.append(sorted(map(repr, cursor.fetchall())))
            if question != "latest":  # which of those as late as the tenth are shown is the database's choice
                assert found[0] == found[1], question
            assert "look-up" in question or found[0], question


def test_some_of_the_questions_are_fenced_and_some_are_not(flights: str) -> None:
    with closing(open_engine(flights, query_id="test")) as engine:
        catalog = engine.catalog(source="flights")
    texts = [bench_policy.texts_of(q, "distance > 0", catalog)[2] for q in bench_policy.QUESTIONS]
    assert 3 < sum("OFFSET '0'" in text for text in texts) < len(texts) - 3
    assert Policy().filters == () and all("distance > 0" in text for text in texts)
