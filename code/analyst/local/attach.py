"""A command's way to the installation on this machine: the running one, else one of its own for a while."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from analyst.errors import StartupError
from analyst.local.instance import DataFolder, Instance, running_instance
from analyst.local.model import LocalModel
from analyst.local.postgres import EmbeddedPostgres
from analyst.local.up import settings_of, supervisor
from analyst.ports import Cancellation
from analyst.settings import Settings
from analyst.wiring import House

Task = Callable[[House, Cancellation], int]
"""What a command does with the installation; its number is the exit code."""

PATIENCE_SECONDS = 180.0
"""How long a command waits for another command on the same data folder."""


def with_house(settings: Settings, task: Task, *, sample: bool, model: bool) -> int:
    """Run a task on the running installation, or on one started now and stopped at the end.

    Raises StartupError, or what the task raised. `sample` and `model` say what the task may need.
    """
    if settings.state_url:
        return _interruptible(task, House(settings))
    folder = DataFolder(settings.data).create()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        instance = running_instance(folder)
        if instance is not None and instance.ready and instance.port:
            return _interruptible(task, _house(settings, folder, instance))
        try:
            return _on_its_own(settings, folder, task, sample=sample, model=model)
        except StartupError:
            if running_instance(folder) is None or time.monotonic() > deadline:
                raise


def _house(settings: Settings, folder: DataFolder, instance: Instance, *, patient: bool = False) -> House:
    postgres = EmbeddedPostgres(folder.postgres)
    found = settings_of(settings, folder, instance, postgres)
    model = LocalModel(
        url=found.model_url, key=found.model_key, data=found.data, patient=patient, keep_prompt=patient
    )
    return House(replace(found, api_port=instance.api_port or found.api_port), local_model=model)


def _on_its_own(settings: Settings, folder: DataFolder, task: Task, *, sample: bool, model: bool) -> int:
    def work(instance: Instance, cancellation: Cancellation) -> int:
        house = _house(settings, folder, instance, patient=True)
        try:
            return task(house, cancellation)
        finally:
            house.close()

    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        terminal = sys.stderr if sys.stderr.isatty() else nowhere
        return supervisor(settings, serve=False, sample=sample, model=model, terminal=terminal).run(work)


def _interruptible(task: Task, house: House) -> int:
    """Run the task in a thread of its own, so that Ctrl-C becomes a wish which this thread is free to pass on."""
    cancellation = Cancellation()

    def interrupted(*_: object) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        cancellation.wish()

    before = signal.signal(signal.SIGINT, interrupted)
    try:
        with ThreadPoolExecutor(max_workers=1) as pool:
            return pool.submit(task, house, cancellation).result()
    finally:
        signal.signal(signal.SIGINT, before)
        house.close()
