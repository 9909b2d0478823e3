"""The parts of the product on this machine, put together for the supervisor."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TextIO

import analyst
from analyst import policies
from analyst.local import commands
from analyst.local.children import Command
from analyst.local.instance import DataFolder, Instance
from analyst.local.model_file import QWEN, ModelFetch, OnProgress, own_model
from analyst.local.postgres import EmbeddedPostgres
from analyst.local.preparation import SAMPLE, prepare, with_local_databases
from analyst.local.supervisor import FetchModel, Parts, Supervision, Supervisor
from analyst.settings import Settings

ROOT = Path(analyst.__file__).parent.parent.parent
MODEL_PARTS = ROOT / "requirements" / "model.txt"
EXAMPLES = ROOT / "tools" / "nycflights13" / "examples.jsonl"


def up(settings: Settings) -> int:
    """Start everything and serve until Ctrl-C; raises StartupError, or ConfigurationError for wrong policies."""
    if settings.policies:
        path = Path(settings.policies).expanduser().absolute()
        policies.read(path)
        settings = replace(settings, policies=str(path))
    return supervisor(settings, serve=True, sample=not settings.sources, model=True).run()


def supervisor(
    settings: Settings, *, serve: bool, sample: bool, model: bool, terminal: TextIO = sys.stdout
) -> Supervisor:
    """The supervisor of an installation: with the page and its services, or just what a command needs."""
    folder = DataFolder(settings.data)
    postgres = EmbeddedPostgres(folder.postgres)
    local_model = model and settings.model == "local"

    def environment(instance: Instance) -> dict[str, str]:
        return child_environment(settings, folder, instance, postgres)

    def loads(instance: Instance) -> Sequence[Command]:
        given = environment(instance)
        loaded = _loads(settings, postgres, given) if sample else ()
        return (*loaded, commands.rules(environment=given)) if serve and settings.policies else loaded

    def services(instance: Instance) -> Sequence[Command]:
        return _services(settings, instance, environment(instance)) if serve else ()

    parts = Parts(
        database=postgres,
        prepare=lambda url: prepare(postgres),
        loads=loads,
        services=services,
        fetch_model=_fetch(settings) if local_model else None,
        model_server=(lambda instance, file: commands.model_server(instance, model=file, data=folder)),
    )
    how = Supervision(
        data=settings.data,
        environment=dict(os.environ),
        port=settings.port if serve else 0,
        api_port=settings.api_port if serve else 0,
    )
    return Supervisor(parts, how, terminal=terminal)


def settings_of(
    settings: Settings, folder: DataFolder, instance: Instance, postgres: EmbeddedPostgres
) -> Settings:
    """The settings that processes of this instance share: where databases and the model are."""
    local = settings.model == "local" and bool(instance.model_url)
    return replace(
        with_local_databases(settings, postgres),
        model_url=instance.model_url if local else settings.model_url,
        model_key=folder.model_key.read_text(encoding="ascii").strip() if local else settings.model_key,
    )


def child_environment(
    settings: Settings, folder: DataFolder, instance: Instance, postgres: EmbeddedPostgres
) -> dict[str, str]:
    """The same as environment variables."""
    return settings_of(settings, folder, instance, postgres).environment()


def _loads(settings: Settings, postgres: EmbeddedPostgres, environment: dict[str, str]) -> Sequence[Command]:
    lessons = Command(
        name="examples",
        arguments=[sys.executable, "-P", "-m", "analyst.local.lessons", str(EXAMPLES)],
        environment=environment,
    )
    sample = commands.sample_loader(postgres.url(SAMPLE), cache=settings.cache, tools=ROOT / "tools")
    return [sample, lessons]


def _services(settings: Settings, instance: Instance, environment: dict[str, str]) -> Sequence[Command]:
    page = {
        "ANALYST_API_URL": instance.api_url,
        "ANALYST_API_KEY_FILE": str(DataFolder(settings.data).api_key),
        "ANALYST_ENTRANCE": settings.entrance,
    }
    return [
        commands.gateway(instance, environment=environment),
        *commands.workers(settings.workers, environment=environment),
        commands.page(instance, folder=ROOT / "streamlit", environment=page),
    ]


def _fetch(settings: Settings) -> FetchModel:
    def fetch(on_progress: OnProgress, cancelled: Callable[[], bool]) -> Path:
        if settings.model_file:
            sha256 = settings.model_sha256 or QWEN.sha256
            return own_model(
                Path(settings.model_file), notes=settings.cache, sha256=sha256, on_progress=on_progress
            )
        return ModelFetch(
            folder=settings.cache, parts=MODEL_PARTS, on_progress=on_progress, cancelled=cancelled
        ).get()

    return fetch
