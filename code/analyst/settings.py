"""Every setting, read from the environment here and nowhere else."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from analyst.errors import ConfigurationError
from analyst.identity import Entrance

APPLICATION = "data-analyst-bi"
CHOICES = {
    "model": ("local", "openai", "bedrock"),
    "words": ("model", "template"),
    "embedder": ("minilm", "bedrock"),
    "time_follows": ("today", "data"),
    "entrance": tuple(entrance.value for entrance in Entrance),
}
"""Settings that take one of a few words."""
RANGES = {"fiscal_start": (1, 12), "abstain_below": (0, 1), "result_reuse": (0, 604_800)}
"""Settings whose numbers have a least and a most."""
ON_ONE_MACHINE = frozenset(
    (
        *("data", "cache", "state_url", "port", "api_port", "workers", "keep_results_days", "lambda_url"),
        *("model_url", "model_key", "model_file", "model_sha256", "replies", "without"),
        *("policies", "result_reuse"),
    )
)
"""Settings without a meaning in AWS, where stacks and Parameter Store give all the others."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How this process is set up; each field is the environment variable ANALYST_<FIELD> in capitals."""

    data: Path = field(default_factory=lambda: _xdg("XDG_DATA_HOME", ".local/share"))
    """Where the product keeps its state on one machine."""
    cache: Path = field(default_factory=lambda: _xdg("XDG_CACHE_HOME", ".cache"))
    """Where downloads are kept; later runs reuse them."""

    state_url: str = field(default="", repr=False)
    """The product's own Postgres."""
    state_secret: str = ""
    """In AWS, the secret that holds address and password of the product's own Postgres, in place of the URL."""
    state_address: str = ""
    """The "host:port" of a proxy before that Postgres, in place of the secret's."""
    state_tls: str = "verify-full"
    """How the connection to it is encrypted, as Postgres calls it: "verify-full", "require", "prefer" …"""
    rds_ca: str = ""
    """The file with the certificate authorities of RDS and Aurora; empty for the one found on this machine."""
    parameters: str = ""
    """In AWS, where Parameter Store keeps sources, models and policies, which then come before these settings."""
    bucket: str = ""
    """In AWS, the bucket of results and exports, in place of files in the data folder."""
    sources: str = field(default="", repr=False)
    """Databases that may be asked: the path of a sources.toml, "name=postgresql://… name=…", or a JSON list."""
    row_limit: int = 1_000_000
    """Rows that one answer may hold."""
    result_reuse: int = 0
    """Seconds for which rows are shown again for the very same query; 0 for never, unless a source says otherwise."""
    timeout_seconds: float = 60.0
    """Seconds that one query may take on the source."""
    policies: str = ""
    """The file policies.toml, which says who may see what; without one everybody sees what the source's user sees."""
    policies_text: str = field(default="", repr=False)
    """In AWS, its content."""

    entrance: str = "os"
    """How people prove who they are: "os" (the user of this machine), "aws" (the tunnel's ticket) or "oidc"."""
    ticket_name: str = APPLICATION
    """What a tunnel's ticket must be made for."""
    oidc_issuer: str = ""
    """Who signs people in at the load balancer."""
    oidc_client_id: str = ""
    """The page's client id there."""
    oidc_signer: str = ""
    """The ARN of the load balancer, which signs what it says of people."""
    token_hours: float = 12.0
    """Hours that somebody who came in through the tunnel or the load balancer stays signed in."""
    person_per_minute: int = 300
    """Requests to models and databases that one person may make within a minute; 0 for any number."""
    person_at_once: int = 50
    """Questions of one person that may wait or run at the same time; 0 for any number."""

    model: str = "local"
    """"local", "openai" (any compatible endpoint) or "bedrock"."""
    model_id: str = ""
    """The model's name at its server, or its Bedrock id."""
    words_model_id: str = ""
    """The Bedrock id of the model that writes the words of an answer; empty for the same one."""
    allowed_models: str = ""
    """Further Bedrock ids that a request to querybot may name, separated by commas."""
    few_shot: bool = True
    """Whether the model is shown approved examples."""
    model_url: str = ""
    """The OpenAI-compatible endpoint."""
    model_key: str = field(default="", repr=False)
    """The endpoint's key."""
    model_file: str = ""
    """A model file of your own for the local server, in place of the one that is fetched."""
    model_sha256: str = ""
    """The digest of that file."""
    time_follows: str = "today"
    """What "last month" is counted from, unless a catalog says it: "today", or the last date of the "data"."""
    fiscal_start: int = 1
    """The month in which fiscal years begin, unless a catalog says it."""
    abstain_below: float = 0.0
    """Answers with less confidence than this, 0 to 1, are held back with a question for more precision."""
    without: tuple[str, ...] = ()
    """Techniques to leave out, separated by commas, to measure what each is worth (docs/accuracy.md names them)."""
    replies: str = ""
    """A folder that keeps the model's replies by prompt and settings, for measuring again; empty to keep none."""
    words: str = "model"
    """Who writes the words of an answer: "model" (checked against the result) or "template"."""
    words_rows: int = 50
    """Rows of a result that the model is shown at most."""
    embedder: str = "minilm"
    """"minilm" (local) or "bedrock"."""
    embedder_id: str = "amazon.titan-embed-text-v2:0"
    """The Bedrock id of the embedding model."""
    region: str = ""
    """The AWS region of Bedrock; empty for the account's default."""

    port: int = 8080
    """The page's port on this machine."""
    api_port: int = 8081
    """The API's port on this machine."""
    workers: int = 2
    """Processes that answer questions on this machine."""
    keep_days: float = 90.0
    """Days after which finished questions are forgotten."""
    audit_days: float = 400.0
    """Days after which entries of the audit are forgotten."""
    keep_results_days: float = 7.0
    """Days after which stored results are removed."""
    querybot: str = ""
    """The function that writes SQL; empty to write it in this process."""
    worker: str = ""
    """The function that answers questions; empty where worker processes wait on the store."""
    lambda_url: str = ""
    """Where functions are invoked, when that is not AWS itself."""
    log_level: str = "INFO"

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None, **changes: Any) -> Settings:
        """The settings of an environment; raises ConfigurationError naming a wrong one."""
        found = os.environ if environment is None else environment
        values: dict[str, Any] = {}
        for setting in fields(cls):
            name = f"ANALYST_{setting.name.upper()}"
            if found.get(name, "").strip():
                values[setting.name] = _typed(name, found[name].strip(), str(setting.type))
        return cls(**(values | {k: v for k, v in changes.items() if v is not None}))

    def environment(self) -> dict[str, str]:
        """The same settings as environment variables, for a child process."""
        given = {f.name: getattr(self, f.name) for f in fields(self)}
        return {
            f"ANALYST_{name.upper()}": _text(value) for name, value in given.items() if value not in ("", ())
        }


def variable(name: str) -> str:
    """A variable that another setting names, as the secret of a source; empty where it is not set."""
    return {**read_env_file(Path(".env")), **os.environ}.get(name, "")


def read_env_file(path: Path) -> dict[str, str]:
    """NAME=value lines of a `.env` file, without quotes; nothing where there is no file."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    pairs = (line.split("=", 1) for line in lines if "=" in line and not line.lstrip().startswith("#"))
    return {name.removeprefix("export ").strip(): value.strip().strip("'\"") for name, value in pairs}


def _xdg(variable: str, default: str) -> Path:
    base = os.environ.get(variable, "")
    return (Path(base) if base.startswith("/") else _home() / default) / APPLICATION


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError:  # a function's or a container's user may have none
        return Path(tempfile.gettempdir())


def _typed(name: str, text: str, kind: str) -> Any:
    choices = CHOICES.get(name.removeprefix("ANALYST_").lower())
    if choices and text not in choices:
        raise ConfigurationError(f"The setting {name} may be {', '.join(choices)}; it is {text!r}.")
    try:
        value: Any = Path(text).expanduser().absolute() if kind == "Path" else _KINDS.get(kind, str)(text)
    except ValueError:
        wanted = {"int": "a whole number", "float": "a number", "bool": '"true" or "false"'}[kind]
        raise ConfigurationError(f"The setting {name} must be {wanted}; it is {text!r}.") from None
    least, most = RANGES.get(name.removeprefix("ANALYST_").lower(), (value, value))
    if not least <= value <= most:
        raise ConfigurationError(f"The setting {name} may be from {least} to {most}; it is {text!r}.")
    return value


def _text(value: Any) -> str:
    return ",".join(value) if isinstance(value, tuple) else str(value)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _truth(text: str) -> bool:
    known = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    if text.lower() not in known:
        raise ValueError(text)
    return known[text.lower()]


_KINDS: dict[str, Callable[[str], Any]] = {
    "int": int,
    "float": float,
    "bool": _truth,
    "tuple[str, ...]": _names,
}
