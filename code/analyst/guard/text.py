"""Rule: size, characters and depth of the text, before anything parses it."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

from sqlglot.tokenizer_core import Token, TokenType

from analyst.errors import Refused
from analyst.guard.dialects import Tongue

MOST_BYTES = 50_000
MOST_DEPTH = 80
MOST_TOKENS = 12_000

_STARTS = {TokenType.SELECT, TokenType.WITH, TokenType.VALUES, TokenType.L_PAREN}
_STRINGS = {
    TokenType.STRING,
    TokenType.BYTE_STRING,
    TokenType.BIT_STRING,
    TokenType.HEX_STRING,
    TokenType.UNICODE_STRING,
    TokenType.HEREDOC_STRING,
    TokenType.RAW_STRING,
}
_OPEN = {TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.CASE}
_CLOSE = {TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.END}
_BEFORE_VALUES = {
    TokenType.SELECT,
    TokenType.DISTINCT,
    TokenType.COMMA,
    TokenType.L_PAREN,
    TokenType.L_BRACKET,
    TokenType.FROM,
    TokenType.JOIN,
    TokenType.WHERE,
    TokenType.AND,
    TokenType.OR,
    TokenType.IN,
    TokenType.THEN,
    TokenType.ELSE,
    TokenType.EQ,
    TokenType.DPIPE,
}
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls
    "\u061c\u2028\u2029\u202a-\u202e\u2066-\u2069"  # other line ends, marks that turn the direction
    "\ufeff\ufff9-\uffff\ud800-\udfff]"
)
_MARKS = re.compile(r"[`{}\\]|U&\"", re.IGNORECASE)
_DIGITS = re.compile(r"(?:_[0-9]+)+\Z")


def checked_text(sql: str) -> str:
    """The text with plain line ends; raises Refused when it is empty, too long or holds hidden characters."""
    if not sql.strip():
        raise Refused("There is no SQL.", rule="text")
    if len(sql) > MOST_BYTES or len(sql.encode("utf-8", "replace")) > MOST_BYTES:
        raise Refused(f"The SQL is longer than {MOST_BYTES:,} bytes.", rule="size")
    sql = sql.replace("\r\n", "\n")
    if _FORBIDDEN.search(sql):
        raise Refused("The SQL holds control or invisible characters.", rule="characters")
    return sql


def tokens_of(sql: str, tongue: Tongue) -> list[Token]:
    """The tokens of exactly one statement, without the semicolon at its end.

    Raises Refused when what lies between the tokens is more than blanks and comments, when a token is one
    that databases and parsers read differently, or when brackets nest too deep.
    """
    tokens = tongue.sqlglot.tokenize(sql)
    _check_gaps(sql, tokens, tongue)
    while tokens and tokens[-1].token_type is TokenType.SEMICOLON:
        tokens.pop()
    if any(t.token_type is TokenType.SEMICOLON for t in tokens):
        raise Refused("There must be exactly one statement.", rule="statements")
    if not tokens or tokens[0].token_type not in _STARTS:
        raise Refused("Only SELECT statements are allowed.", rule="statement")
    if len(tokens) > MOST_TOKENS:
        raise Refused("The SQL is too long.", rule="size")
    for token in tokens:
        _check_token(sql[token.start : token.end + 1], token, tongue)
    tokens = _whole_numbers(sql, tokens, tongue)
    _check_neighbours(tokens)
    _check_lists(tokens)
    _check_depth(tokens)
    return tokens


def _check_gaps(sql: str, tokens: list[Token], tongue: Tongue) -> None:
    end = 0
    for token in tokens:
        _check_gap(sql[end : token.start], tongue)
        end = token.end + 1
    _check_gap(sql[end:], tongue)


def _check_gap(gap: str, tongue: Tongue) -> None:
    """What the parser skipped must be blanks and comments as the database sees them too."""
    at = depth = 0
    while at < len(gap):
        mark = gap[at : at + 2]
        if mark == "/*":
            _check_comment(gap[at + 2 : at + 3], depth, tongue)
            depth, at = depth + 1, at + 2
        elif depth:
            depth, at = (depth - 1, at + 2) if mark == "*/" else (depth, at + 1)
        elif mark == "--":
            end = gap.find("\n", at)
            at = len(gap) if end < 0 else end
        elif gap[at] in " \t\n":
            at += 1
        else:
            raise Refused("The SQL holds characters that databases read differently.", rule="characters")
    if depth:
        raise Refused("A comment has no end.", rule="characters")


def _check_comment(first: str, depth: int, tongue: Tongue) -> None:
    if depth and not tongue.nested_comments:
        raise Refused("A comment within a comment is not allowed.", rule="characters")
    if first in ("!", "+"):
        raise Refused("Comments that give orders to the database are not allowed.", rule="characters")


def _check_token(raw: str, token: Token, tongue: Tongue) -> None:
    kind = token.token_type
    if kind is TokenType.IDENTIFIER:
        _check_name(token.text, tongue)
        if raw[:1] != '"':
            raise Refused("Names are quoted with double quotes only.", rule="characters")
        return
    if kind in _STRINGS:
        if kind is TokenType.HEREDOC_STRING and not raw.isascii() and not re.match(r"\$[A-Za-z0-9_]*\$", raw):
            raise Refused("The tag of a dollar quote must be plain letters.", rule="characters")
        return
    if kind is TokenType.PARAMETER and raw == "$":
        raise Refused("Placeholders are not allowed.", rule="characters")
    if _MARKS.search(raw):
        raise Refused("The SQL holds characters that databases read differently.", rule="characters")
    if not raw.isascii():
        _check_letters(raw)
    _check_name(raw, tongue)


def _check_name(name: str, tongue: Tongue) -> None:
    if len(name) > tongue.name_bytes // 4 and len(name.encode()) > tongue.name_bytes:
        raise Refused(f"A name is longer than {tongue.name_bytes} bytes.", rule="size")


def _check_letters(word: str) -> None:
    """Outside quotes, letters that turn into ASCII ones when upper-cased or normalised are refused."""
    for c in word:
        if c.isascii():
            continue
        other = (c.upper(), c.lower(), unicodedata.normalize("NFKC", c))
        if (other[0].isascii() and len(other[0]) == 1) or other[1].isascii() or not c.isalnum():
            raise Refused("The SQL holds letters that only look like others.", rule="characters")
        if any(o.isascii() for o in other[2]):
            raise Refused("The SQL holds letters that only look like others.", rule="characters")


def _whole_numbers(sql: str, tokens: list[Token], tongue: Tongue) -> list[Token]:
    """Postgres's 1_000 and 0x1F as plain numbers, which the parser would read as something else."""
    whole: list[Token] = []
    for token in tokens:
        before = whole[-1] if whole else None
        if before is not None and _runs_on(before, token):
            if tongue.name != "postgres" or not _DIGITS.match(token.text):
                raise Refused("A name must not follow a number without a blank.", rule="characters")
            whole[-1] = _number(before, before.text + token.text.replace("_", ""), end=token.end)
            continue
        is_hex = (
            token.token_type is TokenType.HEX_STRING and sql[token.start : token.start + 2].lower() == "0x"
        )
        whole.append(_number(token, str(int(token.text, 16)), end=token.end) if is_hex else token)
    return whole


def _runs_on(number: Token, token: Token) -> bool:
    """True for a word that begins right behind a number."""
    touches = number.token_type is TokenType.NUMBER and number.end + 1 == token.start
    return touches and (token.token_type is TokenType.VAR or token.text[:1].isalnum())


def _number(token: Token, text: str, *, end: int) -> Token:
    return Token(TokenType.NUMBER, text, token.line, token.col, token.start, end, [])


def _check_neighbours(tokens: list[Token]) -> None:
    for before, token in pairwise(tokens):
        text, was_text = token.token_type in _STRINGS, before.token_type in _STRINGS
        touches = before.end + 1 == token.start
        if text and was_text:
            raise Refused("Two texts must be joined by ||.", rule="characters")
        if touches and text and (before.text[-1:].isalnum() or before.text[-1:] in "_$&"):
            raise Refused("A quote must not follow a name without a blank.", rule="characters")
        if touches and token.token_type is TokenType.IDENTIFIER and before.text == "&":
            raise Refused("Names must not be written with U&.", rule="characters")
        if touches and was_text and token.text[:1].isalnum():
            raise Refused("A name must not follow a quote without a blank.", rule="characters")


def _check_lists(tokens: list[Token]) -> None:
    """A bare [1, 2] is a list only to the parser; databases want ARRAY before it."""
    lists: list[bool] = []
    for before, token in pairwise([None, *tokens]):
        if token is None:
            continue
        if token.token_type is TokenType.L_BRACKET:
            is_first = before is None or before.token_type in _BEFORE_VALUES
            is_list = before is not None and before.token_type is TokenType.ARRAY
            if is_first and not (lists and lists[-1]):
                raise Refused("A list is written as ARRAY[...].", rule="characters")
            lists.append(is_list or is_first)
        elif token.token_type is TokenType.R_BRACKET and lists:
            lists.pop()


def _check_depth(tokens: list[Token]) -> None:
    depth = 0
    for token in tokens:
        if token.token_type in _OPEN:
            depth += 1
            if depth > MOST_DEPTH:
                raise Refused(f"The SQL nests deeper than {MOST_DEPTH} levels.", rule="depth")
        elif token.token_type in _CLOSE and depth:
            depth -= 1
