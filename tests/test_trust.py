"""How far an answer can be trusted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyst.trust import APPROVED, GIVEN, Signs, trust

SIGNS = st.builds(
    Signs,
    share=st.none() | st.sampled_from([0.2, 0.4, 0.6, 0.8, 1.0]),
    repairs=st.integers(0, 6),
    unknown=st.integers(0, 6),
    corrections=st.integers(0, 6),
    warnings=st.integers(0, 6),
    empty=st.booleans(),
    tables=st.integers(1, 9),
)


@given(SIGNS)
def test_it_is_a_share_below_that_of_what_people_wrote(signs: Signs) -> None:
    assert 0 < trust(signs) < APPROVED < GIVEN == 1.0


@given(SIGNS, st.sampled_from(["repairs", "unknown", "corrections", "warnings", "tables"]))
def test_a_further_bad_sign_never_raises_it(signs: Signs, name: str) -> None:
    worse = replace(signs, **{name: getattr(signs, name) + 1})
    assert trust(worse) <= trust(signs)
    assert trust(replace(signs, empty=True)) <= trust(replace(signs, empty=False))


@pytest.mark.parametrize("name", ["repairs", "unknown", "corrections", "warnings"])
def test_each_bad_sign_lowers_it(name: str) -> None:
    assert trust(replace(Signs(), **{name: 1})) < trust(Signs())


def test_the_more_drafts_agree_the_more_it_is_trusted() -> None:
    shares = [trust(Signs(share=n / 5)) for n in range(1, 6)]
    assert shares == sorted(set(shares))
    assert shares[0] < trust(Signs()) < shares[-1], "one draft alone is between discord and accord"


def test_tables_count_from_the_third_on() -> None:
    assert trust(Signs(tables=1)) == trust(Signs(tables=2)) > trust(Signs(tables=3))


def test_what_reads_no_table_is_hardly_trusted() -> None:
    assert trust(Signs(tables=0, share=1.0)) < 0.5
