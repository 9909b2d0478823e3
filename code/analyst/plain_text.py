"""Makes words that nobody checked harmless wherever they are shown or read: page, terminal, chat, prompt."""

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
    r"(?:\b[a-z][a-z0-9+.-]{0,30}:\s*//|\bwww\d?\.|\b(?:mailto|javascript|vbscript|data|tel|file|xmpp)\s*:(?=\S))\S*",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"(?<![\w.@])(?://)?(?:[a-z0-9][\w-]{0,62}\.){1,5}"
    r"(?:com|net|org|info|biz|io|co|ai|app|dev|me|to|ly|sh|cc|tv|gg|xyz|top|site|online|shop|link|click|ru|cn|de|uk|fr"
    r"|eu|test|example)(?::\d+)?(?:/|[?#](?=\w))\S*",
    re.IGNORECASE,
)
"""A host with a path and no scheme: chats turn it into a link all the same."""
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]+(\.[\w-]+)+")
_MENTION = re.compile(r"@(?=\w)")
_ESCAPE = re.compile(r"\\(?=[^\w\s])")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_OPENING = re.compile(r"<(?=[^\s\d=])")
_ICON = re.compile(r":(?=[A-Za-z][\w/+-]*:)")
_OPENS = re.compile(r"(?<!\w)_+(?=\S)")
_CLOSES = re.compile(r"\S_+(?!\w)")
_DOLLARS = re.compile(r"\$")
_BLOCK = re.compile(r"^(?:[#>|=`\s]+|[-+*_](?=[\s\-+*_]|$)[-+*_\s]*)+")
_NUMBERED = re.compile(r"^(\d{1,9})[.)](?=\s)")
_FILLERS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\ufe00-\ufe0d\U000e0100-\U000e01ef]"
    "|(?<=[\u200d\ufe0e\ufe0f])[\u200d\ufe0e\ufe0f]+(?![\U0001f000-\U0001faff\u2600-\u27bf])"
)
"""Nothing to see by themselves although they count as letters or marks; a row of them can hide a message."""
_TERMINAL = re.compile(
    "\x1b(?:[\\[\x9b][0-?]*[ -/]*[@-~]|[\\]PX^_].*?(?:\x07|\x1b\\\\|\x9c|$)|[ -/]*[0-~])"
    "|\x9b[0-?]*[ -/]*[@-~]|[\x90\x98\x9d-\x9f].*?(?:\x07|\x1b\\\\|\x9c|$)"
)
"""A command to the terminal with all that belongs to it: colours, titles, links, the clipboard."""
_MARKER = re.compile(
    r"<(?=[|｜][^<>\n]{1,40}[|｜]>|/?s>|/?(?:bos|eos|pad|unk|start_of_turn|end_of_turn|tool_call|tool_response|think)>)"
    r"|\[(?=/?(?:INST|SYS|AVAILABLE_TOOLS|TOOL_RESULTS|TOOL_CALLS)\])|<(?=</?SYS>>)",
    re.IGNORECASE,
)
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


def visible(text: str, *, keep: str = "") -> str:
    """The text without characters that nobody sees; every blank is a plain one, except for those to keep."""
    return "".join(c if c in keep else _character(c) for c in _FILLERS.sub("", text))


def terminal_text(text: str) -> str:
    """The text for a terminal: no escape sequence, control or invisible character, and its own lines and tabs."""
    text = _TERMINAL.sub("", text.replace("\r\n", "\n"))
    return visible(text, keep="\n\t")


def prompt_text(text: str) -> str:
    """The text for a prompt: no character that a person would not see, no sign that ends a model's turn.

    Servers of models take `<|im_end|>` in a text for the end of a message. Other text stays as it is.
    """
    text = "".join(c if c in "\n\t" or not _is_hidden(c) else "" for c in text)
    return _MARKER.sub(r"\g<0> ", text)


def _is_hidden(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Cs") and character not in "\u200c\u200d"


def _once(text: str) -> str:
    text = html.unescape(text)
    text = visible(text)
    text = _ESCAPE.sub("", text)
    text = _COMMENT.sub(" ", text)
    text = _TAG.sub(" ", text)
    text = _IMAGE_OR_LINK.sub(r"\1", text)
    text = _ADDRESS.sub("(link removed)", text)
    text = _MAIL.sub("(address removed)", text)
    text = _PLACE.sub("(link removed)", text)
    for pattern in (_MENTION, _ENTITY, _OPENING, _ICON):
        text = pattern.sub("", text)
    # A name may begin with a line; only where another line ends a word do two of them make emphasis.
    if _CLOSES.search(text):
        text = _OPENS.sub("", text)
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
