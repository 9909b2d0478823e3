"""The language models that the settings name."""

from __future__ import annotations

import re
from pathlib import Path

from analyst.errors import ConfigurationError
from analyst.ports import Model, SqlWriter
from analyst.settings import Settings
from analyst.writer import Writer

_CACHES_PROMPTS = re.compile(
    r"anthropic\.claude-(3-7-sonnet|3-5-haiku|(sonnet|opus|haiku)-4)|amazon\.nova-(micro|lite|pro|premier)"
)
"""Bedrock's models that keep the stable part of a prompt; others refuse to be asked for it."""


def writer(settings: Settings, model_id: str = "") -> SqlWriter:
    """Writes SQL and words in this process, with one model where it is named, else with the settings' own.

    Raises ConfigurationError for a model that the settings do not allow.
    """
    if model_id:
        return Writer(sql_model=model(settings, model_id))
    return Writer(sql_model=model(settings), words_model=words_model(settings))


def words_model(settings: Settings) -> Model | None:
    """The model that writes words, where that is another one."""
    return remembered(model(settings, settings.words_model_id), settings) if settings.words_model_id else None


def remembered(model: Model, settings: Settings) -> Model:
    """The model, asked only what its kept replies do not answer, where the settings name a folder for them."""
    if not settings.replies:
        return model
    from analyst.models.remembered import RememberedModel

    known = {"kind": settings.model, "file": settings.model_file, "sha256": settings.model_sha256}
    return RememberedModel(model, Path(settings.replies).expanduser(), settings=known)


def model(settings: Settings, model_id: str = "") -> Model:
    """One model, the settings' own where none is named; nothing is connected yet."""
    kinds = {"local": _local, "openai": _openai, "bedrock": _bedrock}
    return kinds[settings.model](settings, _allowed(settings, model_id))


def _allowed(settings: Settings, model_id: str) -> str:
    listed = [name.strip() for name in settings.allowed_models.split(",")]
    if model_id and model_id not in (settings.model_id, settings.words_model_id, *listed):
        raise ConfigurationError(f"This installation may not use the model {model_id}.")
    return model_id or settings.model_id


def _local(settings: Settings, _: str) -> Model:
    from analyst.local.model import LocalModel

    return LocalModel(url=settings.model_url, key=settings.model_key, data=settings.data)


def _openai(settings: Settings, model_id: str) -> Model:
    from analyst.models import open_model

    return open_model("openai", base_url=settings.model_url, model=model_id, api_key=settings.model_key)


def _bedrock(settings: Settings, model_id: str) -> Model:
    from analyst.models import open_model

    cached = _CACHES_PROMPTS.search(model_id) is not None
    return open_model("bedrock", model_id=model_id, region=settings.region, cache_prompt=cached)
