"""Which of a column's values a text was plainly meant to be; none where that is not plain."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from analyst.values.folding import plain_words, singular
from analyst.values.slips import SHORTEST, nearest
from analyst.values.vocabulary import bases, is_ordinary, legal_words, turning_words

_FEW = 60


def same_text(text: str, values: Iterable[str]) -> str | None:
    """The one value that differs in case, accents, spaces and punctuation at most."""
    written = "".join(plain_words(text))
    return _only(v for v in values if written and "".join(plain_words(v)) == written)


def same_letters(text: str, values: Iterable[str]) -> str | None:
    """The one value that differs in case only."""
    folded = text.casefold()
    return _only(v for v in values if v.casefold() == folded)


def meant(
    text: str, values: Collection[str], *, names: Collection[str], is_known: Callable[[str], bool]
) -> str | None:
    """The one value that a text abbreviates, lengthens by a word of `names`, inflects or mistypes.

    `is_known` says of a word whether it stands somewhere in the data, and so is no mistyped one.
    """
    words = plain_words(text)
    if not words or all(w.isdigit() for w in words):
        return None
    listed = [(v, plain_words(v)) for v in values]
    for judge in (_is_form, _is_abbreviated, _is_lengthened):
        fits = [v for v, parts in listed if parts and judge(words, parts, names, len(listed))]
        if fits:
            return _only(fits)
    put_right = _put_right(words, listed, is_known)
    if put_right is None:
        return None
    exact = [v for v, parts in listed if "".join(parts) == "".join(put_right)]
    return _only(exact or [v for v, parts in listed if _is_abbreviated(put_right, parts, names, 0)])


def _is_form(words: Sequence[str], parts: Sequence[str], names: Collection[str], count: int) -> bool:
    """ "stocks" for "stock"; where a column has few values, also "successful" for "success"."""
    if len(words) != len(parts) or list(words[:-1]) != list(parts[:-1]):
        return False
    if singular(words[-1]) == singular(parts[-1]):
        return True
    short = min(words[-1], parts[-1], key=len)
    other = any(w.endswith(("er", "est")) for w in (words[-1], parts[-1]))
    few = len(words) == 1 and count <= _FEW and len(short) >= 4 and not other
    return few and (words[-1] in bases(parts[-1]) or parts[-1] in bases(words[-1]))


def _is_abbreviated(words: Sequence[str], parts: Sequence[str], names: Collection[str], count: int) -> bool:
    """ "United" for "United Air Lines Inc.", "Kennedy" for "John F Kennedy Intl"; not "Mexico" for "New Mexico"."""
    written = "".join(words)
    if len(written) < 3:
        return False
    for start in range(len(parts)):
        for stop in range(start + 1, len(parts) + 1):
            if "".join(parts[start:stop]) == written and (start, stop) != (0, len(parts)):
                before, after = parts[:start], parts[stop:]
                named = not before or (
                    len(parts) > 2 and len(written) >= 4 and turning_words().isdisjoint(before)
                )
                return named and not any(w.isdigit() for w in (*before, *after))
    return False


def _is_lengthened(words: Sequence[str], parts: Sequence[str], names: Collection[str], count: int) -> bool:
    """ "JFK Airport" for "JFK", where a table is called airports; "Boeing Company" for "BOEING"."""
    size = len(parts)
    for start in range(len(words) - size + 1):
        if list(words[start : start + size]) == list(parts):
            rest = {singular(w) for w in (*words[:start], *words[start + size :])}
            return bool(rest) and rest <= (legal_words() | set(names))
    return False


def _put_right(
    words: Sequence[str],
    listed: Sequence[tuple[str, Sequence[str]]],
    is_known: Callable[[str], bool],
) -> list[str] | None:
    """The words with mistyped ones put right by those of the column; None where none is, or one is unclear."""
    vocabulary = {part for _, parts in listed for part in parts}
    fixed = []
    for word in words:
        if word in vocabulary:
            fixed.append(word)
            continue
        unclear = len(word) < SHORTEST or is_ordinary(word) or is_known(word)
        right = None if unclear else nearest(word, vocabulary)
        if right is None:
            return None
        fixed.append(right)
    return fixed if fixed != list(words) else None


def _only(values: Iterable[str]) -> str | None:
    found = list(dict.fromkeys(values))
    return found[0] if len(found) == 1 else None
