from __future__ import annotations

import re

import pytest

from parts.plain import escaped, plain, shortened


@pytest.mark.parametrize(
    "text",
    [
        "<img src=x onerror=alert(1)>",
        "![x](http://evil.example/a.png)",
        "[a](http://evil.example)",
        "$x^2$ and $5",
        ":red[hot]",
        ":material/home:",
        ":smile:",
        "http://evil.example www.evil.example a@evil.example",
        "`code` **bold** _it_ ~~no~~ # title | cell",
        "a -> b <- c -- d >= e",
    ],
)
def test_every_sign_is_kept_and_none_is_read_as_markup(text: str) -> None:
    shown = escaped(text)
    assert not re.search(r"(?<!\\)[!-/:-@\[-`{-~]", re.sub(r"\\[!-~]", "", shown)), (
        "an unescaped sign is left"
    )
    assert re.sub(r"\\(?=[!-~])|\u2060", "", shown) == text


def test_what_streamlit_replaces_in_the_text_itself_is_parted() -> None:
    for sign in ("://", "www.", "a@b", ":smile", ":material", "->", "--", ">="):
        assert sign not in escaped(f"x {sign} y {sign}z").replace("\\", "")


def test_a_label_is_one_line() -> None:
    assert escaped("a\n\n# b\t c") == "a \\# b c"


def test_characters_that_turn_or_hide_text_are_taken_out() -> None:
    assert plain("safe\u202eexe.txt\x00\x1b[0m\u2066") == "safeexe.txt[0m"


@pytest.mark.parametrize(
    "sign", "\u200b\u2060\ufeff\u00ad\u034f\u061c\u2028\u3164\u2800\ufe01\U000e0041\U000e0101\u206a\ufff9"
)
def test_what_nobody_sees_is_taken_out(sign: str) -> None:
    assert plain(f"a{sign}b") == "ab"
    assert escaped(f"a{sign}b") == "ab"


def test_line_breaks_are_kept_for_text() -> None:
    assert plain("one\r\ntwo\n\tthree") == "one\ntwo\n\tthree"


def test_other_scripts_and_emoji_are_left_alone() -> None:
    assert plain("Wie viele Flüge? 何便? 👩‍✈️ می\u200cخواهم") == "Wie viele Flüge? 何便? 👩‍✈️ می\u200cخواهم"


@pytest.mark.parametrize(
    ("text", "length", "expected"),
    [("short", 10, "short"), ("a few words here", 12, "a few words…"), ("x" * 30, 10, "x" * 9 + "…")],
)
def test_a_long_text_is_cut_at_a_word(text: str, length: int, expected: str) -> None:
    assert shortened(text, length) == expected
    assert len(shortened(text, length)) <= length
