"""What can be said of a question before any model is asked."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from analyst.errors import TooLarge, WrongUsage
from analyst.linking import words
from analyst.question import LONGEST_QUESTION

MOST_CONTROL = 0.02
"""Share of control characters beyond which a text is taken for binary data."""

_GREETING = re.compile(
    r"(hi|hello|hey|hiya|howdy|greetings|good (morning|afternoon|evening|day)|thanks?( you)?|thank you( very much)?"
    r"|hallo|bonjour|hola|moin)( there| all| team| everyone| you)?",
)
_ABILITY = re.compile(
    r"help( me)?|what can (you|i) (do|ask)( you| here| for me)?|what (do|can) you know( about)?|who are you"
    r"|what are you|what is this|how (does|do) (this|it|you) work"
    r"|what (data|tables|information) (do you have|is there|are there|can i ask about|is available|exists?)",
)
_CHANGE = re.compile(
    r"(?:^|[.;,!?]\s*|\b(?:and|then|please|now|you|to)\s+)"
    r"(?:(?:delete|erase|wipe|truncate)\b|drop\s+(?:the\s+|all\s+)?(?:\w+\s+)?(?:table|database|schema|column|index|view)s?\b"
    r"|(?:drop|truncate|alter|create)\s+(?:table|database|schema|index|view|user|role|function)\b"
    r"|insert\s+(?:into|a|an|the|new)\b|update\s+(?!me\b|us\b|on\b)\w+.*\bset\b|(?:grant|revoke)\s+\w+.*\b(?:to|from)\b"
    r"|remove\s+all\b)",
)
_RULES = re.compile(
    r"(?:^|[.;:,!?]\s*|\b(?:and|then|please|now|you|to|just|also)\s+)"
    r"(?:turn(?:ing)?\s+off|switch(?:ing)?\s+off|disabl(?:e|ing)|bypass(?:ing)?|ignor(?:e|ing)|lift(?:ing)?|skip(?:ping)?"
    r"|deactivat(?:e|ing)|suspend(?:ing)?|circumvent(?:ing)?|override|overriding|forget(?:ting)?)\s+"
    r"(?:(?:the|any|all|your|my|this|these|of|its|every)\s+){0,3}"
    r"(?:row[- ]?(?:level[- ]?)?(?:filters?|security|rules?|polic(?:y|ies))"
    r"|(?:access|security|data)\s+(?:rules?|polic(?:y|ies)|controls?|filters?)"
    r"|tenant\s+filters?|row\s+limits?|guard(?:rails?)?\b|permissions?\b|(?:previous|prior|above|earlier|former)\s+(?:\w+\s+)?"
    r"(?:instructions?|rules?|prompts?)|instructions\b|system\s+prompts?)"
)
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|“[^”]*”|‘[^’]*’")
_SQL = re.compile(r"\s*(select\b.+\bfrom\b|with\s+\w+\s+as\s*\(|select\s+[\w(*'])", re.IGNORECASE | re.DOTALL)
_SQL_MARKS = re.compile(r"^\s*(SELECT|WITH)\b|\*|;|\bselect\s.*[,(]", re.DOTALL)
_WRITE = re.compile(
    r"\s*(insert|update|delete|merge|drop|truncate|alter|create|grant|revoke)\b", re.IGNORECASE
)
_RELATIVE_TIME = re.compile(
    r"\b(today|yesterday|tomorrow|now|currently?|recent(ly)?|ago|ytd|so far|(this|last|past|previous|next|current)"
    r"\s+(\w+\s+)?(day|week|month|quarter|year|weekend|night)s?)\b"
)


class Intent(StrEnum):
    """What kind of thing a person wants."""

    QUESTION = "question"
    GREETING = "greeting"
    ABILITY = "ability"
    CHANGE = "change"
    RULES = "rules"
    """To see what the rules keep back."""
    SQL = "sql"
    NOTHING = "nothing"


def clean(text: str) -> str:
    """The question as it is kept: one normal form, no control characters.

    Raises WrongUsage for an empty or binary text and TooLarge for a long one.
    """
    if not text.strip():
        raise WrongUsage("Please type a question.")
    if len(text) > LONGEST_QUESTION:
        raise TooLarge(f"A question may have {LONGEST_QUESTION:,} characters; this one has {len(text):,}.")
    odd = sum(unicodedata.category(c) in ("Cc", "Cs", "Cn", "Co") and c not in "\t\r\n" for c in text)
    if odd > MOST_CONTROL * len(text) or "\ufffd" in text:
        raise WrongUsage("This does not look like text. Please type the question in words.")
    kept = "".join(
        c for c in text if c in "\t\r\n" or unicodedata.category(c) not in ("Cc", "Cs", "Cn", "Co")
    )
    return unicodedata.normalize("NFC", kept).strip()


def intent(text: str) -> Intent:
    """What the text wants, as far as its words alone tell."""
    plain = re.sub(r"[^\w\s]+", " ", text.lower())
    plain = " ".join(plain.split())
    if not any(c.isalnum() for c in text):
        return Intent.NOTHING
    if _GREETING.fullmatch(plain):
        return Intent.GREETING
    if _ABILITY.fullmatch(plain):
        return Intent.ABILITY
    if _SQL.match(text) and _SQL_MARKS.search(text):
        return Intent.SQL
    if _CHANGE.search(" ".join(text.lower().split())):
        return Intent.CHANGE
    if _RULES.search(_QUOTED.sub(" ", " ".join(text.lower().split()))):
        return Intent.RULES
    return Intent.QUESTION


def is_write(sql: str) -> bool:
    """True where SQL begins as a change of data does: what asks for that is refused, not repaired."""
    return _WRITE.match(sql) is not None


def names_a_time(text: str) -> bool:
    """True where the meaning of the question depends on today's date."""
    return _RELATIVE_TIME.search(text.lower()) is not None


def same_question(first: str, second: str) -> bool:
    """True where two texts differ only in case, white space and closing punctuation."""
    return _folded(first) == _folded(second)


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split()).rstrip(" ?.!")


_COMMON = frozenset(
    [
        "a",
        "about",
        "above",
        "after",
        "all",
        "also",
        "am",
        "an",
        "and",
        "any",
        "are",
        "as",
        "at",
        "be",
        "been",
        "before",
        "below",
        "between",
        "both",
        "but",
        "by",
        "can",
        "could",
        "did",
        "do",
        "does",
        "each",
        "every",
        "few",
        "find",
        "for",
        "from",
        "get",
        "give",
        "had",
        "has",
        "have",
        "he",
        "her",
        "his",
        "how",
        "i",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "just",
        "least",
        "less",
        "let",
        "like",
        "list",
        "many",
        "may",
        "me",
        "more",
        "most",
        "much",
        "my",
        "no",
        "nor",
        "not",
        "of",
        "off",
        "on",
        "one",
        "only",
        "or",
        "other",
        "our",
        "out",
        "over",
        "per",
        "please",
        "show",
        "so",
        "some",
        "such",
        "tell",
        "than",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "those",
        "to",
        "too",
        "under",
        "up",
        "us",
        "was",
        "we",
        "were",
        "what",
        "when",
        "where",
        "which",
        "while",
        "who",
        "whom",
        "whose",
        "why",
        "will",
        "with",
        "within",
        "would",
        "write",
        "you",
        "your",
    ]
)


_MEASURING = frozenset(
    words(
        """amount average avg best big biggest chart compare count difference early first graph group high highest large
        largest last late latest long longest low lowest maximum mean median minimum month number percent percentage
        plot quantity rank rate ratio share short shortest small smallest sum table top total trend worst year day
        week hour date time today yesterday value name"""
    )
)


def topics(text: str) -> set[str]:
    """The words that say what a question is about, in their plain form; not how it is to be measured."""
    return {w for w in words(text) if w not in _COMMON and w not in _MEASURING and not w.isdigit()}
