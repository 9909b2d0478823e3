"""Makes words that nobody checked harmless wherever they are shown: page, terminal, chat."""

from __future__ import annotations

import html
import re
import unicodedata

LONGEST = 600
_LOOKED_AT = 4 * LONGEST
"""What comes later is dropped unread: a model may write without end."""

_COMMENT = re.compile(r"<!--.*?(-->|$)", re.DOTALL)
_TAG = re.compile(r"</?[A-Za-z!?@#][^<>]*>")
_IMAGE_OR_LINK = re.compile(r"!?\[([^\[\]]*)\](\([^()]*(\([^()]*\)[^()]*)*\)|\[[^\[\]]*\])")
_ADDRESS = re.compile(
    r"(?:\b[a-z][a-z0-9+.-]*:\s*//|\bwww\d?\.|\b(?:mailto|javascript|vbscript|data|tel|file|xmpp)\s*:(?=\S))\S*",
    re.IGNORECASE,
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
_MENTION = re.compile(r"@(?=\w)")
_ESCAPE = re.compile(r"\\(?=[^\w\s])")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_OPENING = re.compile(r"<(?=[^\s\d=])")
_ICON = re.compile(r":(?=[A-Za-z][\w/+-]*:)")
_DOLLARS = re.compile(r"\$")
_BLOCK = re.compile(r"^(?:[#>|=`\s]+|[-+*_](?=[\s\-+*_]|$)[-+*_\s]*)+")
_NUMBERED = re.compile(r"^(\d{1,9})[.)](?=\s)")
_SIGNS = str.maketrans({"[": "(", "]": ")", "`": "'", "*": "", "~": "≈", "|": "/"})


def safe_text(text: str) -> str:
    """The words as one plain paragraph of at most `LONGEST` characters.

    As Markdown it holds no HTML, image, link, autolink, heading, list, table, formula or icon, and
    nobody is mentioned. Letters, numbers and punctuation stay; doing it twice changes nothing.
    """
    before, text = "", text[:_LOOKED_AT]
    # What is taken out may join what stood around it into something new, so until nothing changes.
    while text != before:
        before, text = text, _once(text)
    return _cut(text)


def _once(text: str) -> str:
    text = html.unescape(text)
    text = "".join(_character(c) for c in text)
    text = _ESCAPE.sub("", text)
    text = _COMMENT.sub(" ", text)
    text = _TAG.sub(" ", text)
    text = _IMAGE_OR_LINK.sub(r"\1", text)
    text = _ADDRESS.sub("(link removed)", text)
    text = _MAIL.sub("(address removed)", text)
    for pattern in (_MENTION, _ENTITY, _OPENING, _ICON):
        text = pattern.sub("", text)
    text = text.translate(_SIGNS)
    # Two of them make a formula on the page; one alone is money.
    if len(_DOLLARS.findall(text)) > 1:
        text = _DOLLARS.sub("＄", text)
    text = _BLOCK.sub("", " ".join(text.split()))
    return _NUMBERED.sub(r"\1:", text).strip()


def _character(character: str) -> str:
    category = unicodedata.category(character)
    if character.isspace() or category in ("Zl", "Zp"):
        return " "
    # Control, invisible format (direction overrides, zero width), surrogate, private and unassigned.
    # The joiner stays: without it many emoji fall apart.
    return "" if category.startswith("C") and character != "\u200d" else character


def _cut(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    head = text[: LONGEST - 1]
    return (head.rsplit(" ", 1)[0] if " " in head[LONGEST // 2 :] else head).rstrip(" ,;:(") + "…"
