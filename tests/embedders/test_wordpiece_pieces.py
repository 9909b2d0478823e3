"""The tokenizer against numbers recorded from the reference implementation."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analyst.embedders import minilm
from analyst.embedders.wordpiece import WordPiece

VOCABULARY = Path(minilm.__file__).with_name("minilm_vocab.txt")
RECORDED = [
    json.loads(line)
    for line in Path(__file__).with_name("token_ids.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.fixture(scope="module")
def tokenizer() -> WordPiece:
    return WordPiece.from_file(VOCABULARY)


@pytest.mark.parametrize("case", RECORDED, ids=[ascii(case["text"])[:30] for case in RECORDED])
def test_the_numbers_are_those_of_the_reference(tokenizer: WordPiece, case: dict[str, object]) -> None:
    assert tokenizer.ids(str(case["text"]), most=128) == case["ids"]


def test_the_vocabulary_is_whole(tokenizer: WordPiece) -> None:
    assert tokenizer.ids("", most=128) == [101, 102]
    assert len(VOCABULARY.read_text(encoding="utf-8").split("\n")) == 30_523


def test_a_mark_written_in_a_text_is_plain_text(tokenizer: WordPiece) -> None:
    assert 102 not in tokenizer.ids("[SEP]", most=128)[1:-1]


@pytest.mark.parametrize("text", ["x" * 5_000_000, "word " * 1_000_000, "\ud800 lone", "\u0301" * 100_000])
def test_any_text_is_taken(tokenizer: WordPiece, text: str) -> None:
    assert 2 <= len(tokenizer.ids(text, most=128)) <= 128
