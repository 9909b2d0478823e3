"""How each part of a local installation is started: data, handed to the supervisor."""

from __future__ import annotations

import http.client
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from analyst.local.children import Command
from analyst.local.instance import DataFolder, Instance


def gateway(instance: Instance, *, environment: Mapping[str, str]) -> Command:
    """The HTTP interface; its port is one of the settings in the environment."""
    return Command(
        name="gateway",
        arguments=_module("analyst.local.gateway"),
        environment=environment,
        ready=answers(instance.api_port, "/health"),
    )


def workers(count: int, *, environment: Mapping[str, str]) -> list[Command]:
    """The processes that take up questions."""
    return [
        Command(name=f"worker-{number}", arguments=_module("analyst.local.worker"), environment=environment)
        for number in range(1, count + 1)
    ]


def rules(*, environment: Mapping[str, str]) -> Command:
    """The program that says whether the policies fit the sources."""
    return Command(name="rules", arguments=_module("analyst.local.rules"), environment=environment)


def page(instance: Instance, *, folder: Path, environment: Mapping[str, str]) -> Command:
    """The page, for this machine only; `folder` holds app.py and Streamlit's own settings."""
    options = {
        "server.port": str(instance.port),
        "server.address": "localhost",
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "server.runOnSave": "false",
        "server.showEmailPrompt": "false",
        "browser.gatherUsageStats": "false",
        "client.showErrorDetails": "none",
        "client.toolbarMode": "minimal",
    }
    return Command(
        name="page",
        arguments=_module(
            "streamlit",
            "run",
            str(folder / "app.py"),
            *(f"--{name}={value}" for name, value in options.items()),
        ),
        # Nobody may say for others where they come from: the page looks whose process the other end is.
        environment={**environment, "FORWARDED_ALLOW_IPS": ""},
        folder=folder,
        ready=answers(instance.port, "/_stcore/health"),
    )


def model_server(instance: Instance, *, model: Path, data: DataFolder) -> Command:
    """The local model, which dies with the process that calls this."""
    return Command(
        name="model",
        arguments=_module(
            "analyst.local.model_server",
            *("--model", str(model), "--port", str(instance.model_port)),
            *("--key-file", str(data.model_key), "--parent", str(os.getpid())),
            *("--kept", str(data.prompts)),
        ),
        ready=answers(instance.model_port, "/health"),
    )


def sample_loader(url: str, *, cache: Path, tools: Path) -> Command:
    """The tool that loads the sample data, or finds that it is there."""
    return Command(
        name="sample",
        arguments=[
            *(sys.executable, str(tools / "load_nycflights13.py")),
            *("--url", url, "--cache", str(cache)),
        ],
        folder=tools,
    )


def answers(port: int, path: str, *, timeout_seconds: float = 1.0) -> Callable[[], bool]:
    """Asks whether something on this machine answers 200; by no proxy, whatever the environment says."""

    def ask() -> bool:
        connection = http.client.HTTPConnection("localhost", port, timeout=timeout_seconds)
        try:
            connection.request("GET", path)
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    return ask


def _module(name: str, *arguments: str) -> Sequence[str]:
    """`python -m`, kept from importing what happens to lie in the folder it runs in."""
    return [sys.executable, "-P", "-m", name, *arguments]
