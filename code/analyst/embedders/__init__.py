"""Embedding models behind one protocol: each kind is one file, imported only when it is opened."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from analyst.errors import ConfigurationError
from analyst.ports import Embedder

KINDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "minilm": ("analyst.embedders.minilm", "MiniLMEmbedder"),
        "bedrock": ("analyst.embedders.bedrock", "BedrockEmbedder"),
    }
)
"""Kind of embedder -> module and class."""


def open_embedder(kind: str, **options: Any) -> Embedder:
    """The embedder of that kind, built with the options its class takes; nothing is loaded yet.

    Raises ConfigurationError for an unknown kind or an option that cannot be.
    """
    if kind not in KINDS:
        raise ConfigurationError(f'There is no kind of embedder "{kind}"; there are: {", ".join(KINDS)}.')
    module, name = KINDS[kind]
    embedder: Embedder = getattr(importlib.import_module(module), name)(**options)
    return embedder
