"""Whether one word is another one mistyped; rather a slip too few than a different word taken for one."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

from analyst.values.folding import singular

SHORTEST = 5
_LONG = 10
"""Letters from which two slips are forgiven."""
_NEIGHBOURS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "qaz", "wsx", "edc", "rfv", "tgb", "yhn", "ujm")
_SOUND_ALIKE = ("ae", "ei", "iy", "ou", "ck", "sz", "cs", "vw", "gj", "mn")


def is_slip(typed: str, meant: str) -> bool:
    """True where `typed` is most likely `meant` with a slip of the fingers; both are single plain words.

    Words that differ by a digit, or only in a form of the same word, are different words.
    """
    shorter, longer = sorted((len(typed), len(meant)))
    if typed == meant or shorter < SHORTEST or not (typed.isalpha() and meant.isalpha()):
        return False
    if singular(typed) == singular(meant):
        return False
    distance = OSA.distance(typed, meant, score_cutoff=2)
    if distance == 1:
        return _is_single_slip(typed, meant)
    swapped = sorted(typed) == sorted(meant) and shorter > SHORTEST
    return distance == 2 and typed[0] == meant[0] and (swapped or longer >= _LONG)


def nearest(typed: str, known: Iterable[str]) -> str | None:
    """The one word that was most likely meant; None without one, or with two that are equally near."""
    near = process.extract(typed, list(dict.fromkeys(known)), scorer=OSA.distance, score_cutoff=2, limit=20)
    # One letter away is any word a rival; two letters away are too many words by chance.
    words = [w for w, distance, _ in near if distance == 1] or [w for w, _, _ in near if is_slip(typed, w)]
    return words[0] if len(words) == 1 and is_slip(typed, words[0]) else None


def _is_single_slip(typed: str, meant: str) -> bool:
    if len(typed) != len(meant):
        # A letter too many or too few; at the end it rather makes another form: "manage" and "manager".
        return typed[0] == meant[0] and not (typed.startswith(meant) or meant.startswith(typed))
    places = [i for i, (a, b) in enumerate(zip(typed, meant, strict=True)) if a != b]
    if len(places) == 2:
        return True
    (place,) = places
    if place in (0, len(typed) - 1):
        return False
    pair = typed[place], meant[place]
    beside = any(
        abs(row.find(pair[0]) - row.find(pair[1])) == 1 for row in _NEIGHBOURS if set(pair) <= set(row)
    )
    return beside or any(set(pair) == set(sound) for sound in _SOUND_ALIKE)
