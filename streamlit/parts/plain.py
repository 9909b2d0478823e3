"""Text from models, people and databases, made harmless for where it is shown."""

from __future__ import annotations

import re

_JOINER = "\u2060"
"""Takes no room and breaks no line, yet parts what would otherwise be read as one sign."""

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f"
    "\u2028-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff"
    "\U0001d173-\U0001d17a\U000e0000-\U000e01ef]"
)
"""Control characters, those that turn the direction of reading around, and those that nobody sees.

The joiners stay: scripts and emoji need them.
"""

_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")

# Streamlit replaces these in the text itself, after markdown's own escapes are gone:
# links (http://, www., a@b.c), :emoji:, :material/icon:, and -- -> <= >= as typographic signs.
_READ_AS_ONE = re.compile(
    r"(?<=:)(?=\S)|(?<=\bwww)(?=\.)|(?<=@)(?=\S)|(?<=[-<>=~])(?=[-<>=~])", re.IGNORECASE
)


def plain(text: str) -> str:
    """The text without invisible control characters; for `st.text`, which reads no markdown."""
    return _INVISIBLE.sub("", text.replace("\r\n", "\n"))


def escaped(text: str) -> str:
    """The text on one line, so that markdown shows it letter by letter: for labels and messages."""
    one_line = " ".join(plain(text).split())
    return _PUNCTUATION.sub(r"\\\g<0>", _READ_AS_ONE.sub(_JOINER, one_line))


def shortened(text: str, length: int) -> str:
    """The text on one line, cut at a word where it is longer than `length` characters."""
    one_line = " ".join(plain(text).split())
    if len(one_line) <= length:
        return one_line
    head = one_line[: length - 1]
    return (head.rsplit(" ", 1)[0] if " " in head[length // 2 :] else head).rstrip(" ,;:.") + "…"
