from __future__ import annotations

import re

import pytest
from markdown_it import MarkdownIt

from analyst.wording import safe_text

KEPT = [
    "There are 336,776 flights.",
    "The average delay is 12.6 minutes (United: 12.1).",
    "-5 is the lowest value.",
    "Delays of < 5 minutes and > 60 minutes are rare.",
    "It costs $5.",
    "At 17:45:00 there were 3.",
    "R&D and AT&T are in it.",
    "Größe, naïve, 日本語, العربية and 👍 stay.",
    "dep_delay is the column.",
    "2013 was the year.",
]

CHANGED = [
    ("**Bold** and `code`.", "Bold and 'code'."),
    ("# Heading", "Heading"),
    ("## A\n\n- one\n- two", "A - one - two"),
    ("> quoted", "quoted"),
    ("- item", "item"),
    ("1. first", "1: first"),
    ("Text\n====", "Text ===="),
    ("---", ""),
    ("a | b\n--|--\n1 | 2", "a / b --/-- 1 / 2"),
    ("See [here](https://evil.test/?q=1).", "See here."),
    ("![x](https://evil.test/p.png?q=1)", "x"),
    ("[x][1] and more\n\n[1]: https://evil.test", "x and more (1): (link removed)"),
    ("<b>five</b>", "five"),
    ("<script>alert(1)</script>", "alert(1)"),
    ("<!-- hidden -->shown", "shown"),
    ("<!channel> look", "look"),
    ("<https://evil.test|portal>", ""),
    ("@channel look", "channel look"),
    ("write to a.b@evil.test now", "write to (address removed) now"),
    ("www.evil.test is it", "(link removed) is it"),
    ("javascript:alert(document.domain)", "(link removed)"),
    ("costs $5 or $6", "costs ＄5 or ＄6"),
    ("about ~5 and ~6", "about ≈5 and ≈6"),
    (":material/home: and :red[x]", "material/home: and :red(x)"),
    ("a\x00b\x1b[31mc", "ab(31mc"),
    ("a\u202eb\u200bc", "abc"),
]

ATTACKS = [
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&amp;lt;img src=x onerror=alert(1)&amp;gt;",
    "<img src=x onerror=alert(1)",
    "<a href='https://evil.test'>x</a>",
    "<iframe srcdoc='<p>x</p>'></iframe>",
    "![a](ht\ntps://evil.test/x)",
    "![a][b]\n\n[b]: https://evil.test/x",
    "[a]\n\n[a]: https://evil.test",
    "[![a](https://evil.test/1)](https://evil.test/2)",
    "![a](<https://evil.test/a b>)",
    "http\\://evil.test",
    "http&#58;//evil.test",
    "&#119;ww.evil.test",
    "ht\u200btps://evil.test",
    "hthttps://xtps://evil.test",
    "HTTPS://EVIL.TEST",
    "ftp://evil.test",
    "mailto:a@evil.test",
    "a&#64;evil.test",
    "data:text/html;base64,AAAA",
    "\\[x](https://evil.test)",
    "[x\\](https://evil.test)",
    "~~~\ncode\n~~~",
    "```html\n<b>x</b>\n```",
    "    indented",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "Title\n=====",
    "* * *\n# x",
    "1) one\n2) two",
    "+ one\n+ two",
    "$$\\href{https://evil.test}{x}$$",
    "<<b>/script>",
    "<svg/onload=alert(1)>",
    "<\u0000script>",
    "<!doctype html>",
    "<?php x ?>",
    "<@U123> and <!here>",
    "//evil.test/x ![](//evil.test)",
    "x" * 5000,
    "<" * 3000,
    "[" * 3000,
    "a@" * 1500,
    "&" * 3000 + "lt;",
    "# " * 2000,
    "\ud800 lone",
]


@pytest.mark.parametrize("text", KEPT)
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert safe_text(text) == text


@pytest.mark.parametrize(("text", "safe"), CHANGED)
def test_markup_is_taken_out(text: str, safe: str) -> None:
    assert safe_text(text) == safe


@pytest.mark.parametrize("text", [*KEPT, *(t for t, _ in CHANGED), *ATTACKS])
def test_markdown_makes_one_plain_paragraph_of_it(text: str) -> None:
    safe = safe_text(text)
    assert len(safe) <= 600
    assert safe_text(safe) == safe
    assert "\n" not in safe
    kinds = {token.type for token in MarkdownIt("gfm-like", {"html": True, "linkify": False}).parse(safe)}
    assert kinds <= {"paragraph_open", "inline", "paragraph_close"}
    inner = [c.type for t in MarkdownIt("commonmark", {"html": True}).parse(safe) for c in t.children or ()]
    assert set(inner) <= {"text", "text_special"}
    assert not re.search(r"://|www\.|\w@\w|<[A-Za-z!/?@]|!\[|\]\(", safe, re.IGNORECASE)


def test_what_is_too_long_is_cut_between_words() -> None:
    safe = safe_text("word " * 500)
    assert len(safe) <= 600
    assert safe.endswith("word…")
