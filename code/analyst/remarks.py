"""Which of the remarks written beside a question are about it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyst.linking import stem
from analyst.values.vocabulary import is_grammar

_TERM = r"[A-Z][a-z]*[A-Z]\w*"
_NEXT = re.compile(rf"\n+|(?<=[.;!?])\s+(?=[A-Z])|\s+(?={_TERM}(?: \([^()]*\))? = )|\s+(?=To [a-z]+ )")
"""Where another statement begins: new line, new sentence, the next definition, the next advice."""
_DEFINITION = re.compile(
    rf"({_TERM})(?: \([^()]*\))? =|[^=(]*\(([A-Z]{{2,}})\) is\b|To calculate [^,(]*\(([A-Z]{{2,}})\)"
)
_ADVICE = re.compile(r"(?:To [a-z]+|For(?: an)?(?= .*\banalysis\b)) ([^,]*),")
_TELLING_NOTHING = (
    "analyze analysis assess determine gauge ascertain find get total number specific any given"
)
_ABOUT_IT = 4
"""So many words in common make more of a definition than the term itself."""
_WORD = re.compile(r"[^\W_]+")


def relevant(remarks: str, *, question: str) -> str:
    """The remarks without definitions of terms that the question does not use, and advice on other things."""
    kept = [s for s in _statements(remarks) if not _is_foreign(s, question)]
    return "\n".join(kept)


def _statements(remarks: str) -> Iterator[str]:
    return (part.strip() for part in _NEXT.split(remarks) if part.strip())


def _is_foreign(statement: str, question: str) -> bool:
    defined = _DEFINITION.match(statement)
    if defined:
        term = next(name for name in defined.groups() if name)
        named = re.search(rf"\b{re.escape(term)}\b", question) is not None
        return not named and len(_content(statement) & _content(question)) < _ABOUT_IT
    advice = _ADVICE.match(statement)
    if not advice:
        return False
    topic = _content(advice[1]) - _content(_TELLING_NOTHING)
    return 2 * len(topic & _content(question)) < len(topic)


def _content(text: str) -> set[str]:
    words = (w.lower() for w in _WORD.findall(text.replace("_", " ")))
    return {stem(w) for w in words if len(w) > 1 and not is_grammar(w)}
