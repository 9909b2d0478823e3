"""The unknown thing that a question wants measured or asks to be there: without it there is no answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from analyst.grounding.word_lists import listed
from analyst.values.vocabulary import is_grammar

_COUNTED = (("how", "many"), ("how", "much"), ("number", "of"), ("count", "of"))
_ASKED = frozenset(("which", "what"))
_DONE = re.compile(r"[^e]ed\Z")
_REACH = 3
"""Words after a measure among which the measured thing stands."""
_WORD = re.compile(r"[^\W_]+|[,;:?.!]")


def measured(
    question: str, unknown: Collection[str], *, is_thing: Callable[[str], bool] = lambda _: False
) -> tuple[str, ...]:
    """Of the unknown things those that are measured ("average volume"), counted, belong to something ("speed of
    rivers") or are asked to be there ("that require a reservation").

    What only says which of the known things are meant ("how many nonstop flights") is none of them.
    """
    words = [w.lower() for w in _WORD.findall(question)]
    wanted = {w.lower() for w in unknown}
    found: dict[str, None] = {}
    for at, word in enumerate(words):
        if word in listed("measures") | listed("wanting"):
            reach = _after(words, at)
            reach = [] if reach and is_thing(reach[-1]) else reach
        elif word in _ASKED or tuple(words[max(0, at - 1) : at + 1]) in _COUNTED:
            reach = _after(words, at)[:2]
            reach = [] if len(reach) > 1 and is_thing(reach[1]) else reach[:1]
        else:
            reach = _before_of(words, at)
        found.update((w, None) for w in reach if w in wanted and not _DONE.search(w))
    return tuple(found)


def _after(words: list[str], at: int) -> list[str]:
    """The words that a measure or a demand is about, as far as the next word of grammar but an article."""
    reach: list[str] = []
    for word in words[at + 1 :]:
        if word in ("a", "an", "the", "any"):
            continue
        if len(reach) == _REACH or is_grammar(word) or not word.isalnum():
            break
        reach.append(word)
    return reach


def _before_of(words: list[str], at: int) -> list[str]:
    """In "the tourism rating of cities" the words between article and "of"."""
    if words[at] != "of":
        return []
    reach: list[str] = []
    for word in reversed(words[max(0, at - _REACH) : at]):
        if is_grammar(word) or not word.isalnum():
            break
        reach.append(word)
    return reach
