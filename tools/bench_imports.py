"""How long a function's environment takes to come up: its handler, and what the first event has it import.

Measured as in AWS: the layers' packages and nothing else, the code freshly unpacked in a folder where no
compiled module lies, every run a new interpreter. What is loaded from a disk is in the machine's memory already.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from analyst.errors import StartupError
from bench_figures import Figure, number_text

ROOT = Path(__file__).resolve().parent.parent
RUNS = 7
HEAVIEST = 10
STAYS_HERE = ("local", "cli")
"""Parts of the package that are not deployed."""
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "ANALYST_MODEL": "bedrock",
    "ANALYST_MODEL_ID": "some.model",
    "ANALYST_REGION": "eu-central-1",
    "ANALYST_EMBEDDER": "bedrock",
    "ANALYST_BUCKET": "a-bucket",
    "ANALYST_STATE_URL": "postgresql://nobody@127.0.0.1:9/none",
    "ANALYST_SOURCES": "some=postgresql://nobody@127.0.0.1:9/none",
    "ANALYST_QUERYBOT": "querybot",
}
"""A deployment's settings; nothing of it is reached."""


@dataclass(frozen=True, kw_only=True)
class Start:
    """A function, and what it does before it first waits for anything outside."""

    name: str
    handler: str
    layers: tuple[str, ...]
    first_event: str
    most_ms: float | None
    environment: Mapping[str, str]


STARTS = (
    Start(
        name="data-analyst",
        handler="data-analyst.lambda_function",
        layers=("base", "data"),
        first_event="handler.api(handler.house()); handler.house().desk; clients('ssm', 'secretsmanager')",
        most_ms=900,
        environment={**ENVIRONMENT, "ANALYST_WORKER": "worker"},
    ),
    Start(
        name="data-analyst-worker",
        handler="data-analyst.lambda_function",
        layers=("base", "data"),
        first_event="handler.house().worker(name='w'); import analyst.engines.postgres; "
        "clients('ssm', 'secretsmanager', 'bedrock-runtime')",
        most_ms=None,
        environment=ENVIRONMENT,
    ),
    Start(
        name="querybot",
        handler="querybot.lambda_function",
        layers=("base",),
        first_event="handler.writer(''); clients('bedrock-runtime')",
        most_ms=600,
        environment={**ENVIRONMENT, "ANALYST_QUERYBOT": ""},
    ),
)
# Lambda, too, imports "data-analyst/lambda_function" by its dotted name, from the root of the code.
PROBE = """
import time; began = time.perf_counter()
import sys; sys.path[:0] = {paths!r}; import importlib
def clients(*services):
    from analyst.aws.clients import client
    for service in services: client(service)
handler = importlib.import_module({handler!r})
ready = time.perf_counter()
{first_event}
print(ready - began, time.perf_counter() - began)
"""
IMPORTED = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)")


def measure() -> Iterator[Figure]:
    """A figure for each function; raises StartupError."""
    layers = built_layers()
    with tempfile.TemporaryDirectory(prefix="bench-imports-") as folder:
        code = Path(folder) / "code"
        unpack_code(code)
        for start in STARTS:
            yield _figure(start, code=code, layers=layers)


def built_layers() -> Path:
    """The layers for this machine's platform and Python, built where they are not; raises StartupError."""
    architecture = {"x86_64": "x86_64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    version = "{}.{}".format(*sys.version_info[:2])
    platform_named = ("--architecture", architecture, "--python", version)
    command = [str(ROOT / "layers" / "build.sh"), "--without-rds", *platform_named]
    done = subprocess.run(
        command, env={**os.environ, "PYTHON": sys.executable}, capture_output=True, text=True
    )
    if done.returncode:
        raise StartupError(done.stderr.strip() or "The layers could not be built.")
    return ROOT / "layers" / "build" / f"{architecture}-{version}"


def unpack_code(folder: Path) -> None:
    """The code as it is deployed, without anything compiled."""

    def left_out(parent: str, names: list[str]) -> set[str]:
        here = STAYS_HERE if Path(parent).name == "analyst" else ()
        return {name for name in names if name in here or name == "__pycache__" or name.startswith(".")}

    shutil.copytree(ROOT / "code", folder, ignore=left_out)


def run(
    start: Start, *, code: Path, layers: Path, more: str = "", options: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    """One new interpreter that knows the code, the function's layers and the standard library only."""
    paths = [str(code), *(str(layers / layer / "python") for layer in start.layers)]
    probe = PROBE.format(paths=paths, handler=start.handler, first_event=start.first_event) + more
    python = str(getattr(sys, "_base_executable", None) or sys.executable)
    return subprocess.run(
        [python, "-I", "-S", "-B", *options, "-c", probe],
        env={"PATH": os.defpath, **start.environment},
        capture_output=True,
        text=True,
    )


def _timed(start: Start, *, code: Path, layers: Path) -> tuple[list[float], str]:
    """Milliseconds until the handler and until all is imported, and what `-X importtime` wrote."""
    done = run(start, code=code, layers=layers, options=("-X", "importtime"))
    if done.returncode:
        raise StartupError(f"{start.name} does not come up: {done.stderr.strip().splitlines()[-1]}")
    return [float(seconds) * 1000 for seconds in done.stdout.split()], done.stderr


def _figure(start: Start, *, code: Path, layers: Path) -> Figure:
    runs = [_timed(start, code=code, layers=layers) for _ in range(RUNS)]
    handler, total = (statistics.median(column) for column in zip(*(times for times, _ in runs), strict=True))
    return Figure(
        part="imports",
        title=f"Cold import of {start.name}, with the first event's parts",
        unit="ms",
        values={"value": total},
        target=("value", start.most_ms) if start.most_ms else None,
        counted=f"Median of {RUNS} interpreters under -X importtime; the handler alone "
        f"{number_text(handler)} ms.\nHeaviest (ms of its own): {heaviest(runs[-1][1])}",
    )


def heaviest(said: str) -> str:
    """Packages by the milliseconds that their own modules took, from what `-X importtime` wrote."""
    spent: defaultdict[str, float] = defaultdict(float)
    for own, name in IMPORTED.findall(said):
        spent[name.split(".")[0]] += int(own) / 1000
    most = sorted(spent.items(), key=lambda item: -item[1])[:HEAVIEST]
    return ", ".join(f"{name} {number_text(ms)}" for name, ms in most)
