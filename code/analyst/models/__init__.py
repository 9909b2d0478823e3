"""Language models behind one protocol: each kind is one file, imported only when it is opened."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from analyst.errors import ConfigurationError
from analyst.ports import Model

KINDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "openai": ("analyst.models.openai", "OpenAIModel"),
        "bedrock": ("analyst.models.bedrock", "BedrockModel"),
    }
)
"""Kind of model -> module and class."""


def open_model(kind: str, **options: Any) -> Model:
    """The model of that kind, built with the options its class takes; nothing is connected yet.

    Raises ConfigurationError for an unknown kind or an option that cannot be.
    """
    if kind not in KINDS:
        raise ConfigurationError(f'There is no kind of model "{kind}"; there are: {", ".join(KINDS)}.')
    module, name = KINDS[kind]
    model: Model = getattr(importlib.import_module(module), name)(**options)
    return model
