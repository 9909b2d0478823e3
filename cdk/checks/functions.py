"""The functions: what they run on, how they start, and the connections they hold."""

from __future__ import annotations

from checks.refusing import between, one_of, refuse
from deployment import Deployment

CONNECTIONS_SHARE = 0.8
"""The part of the database's connections that functions may hold; the rest is for people and for RDS itself."""


def function_options(deployment: Deployment) -> None:
    """Lambda and API Gateway take the functions' options."""
    one_of("architecture", deployment.architecture, ("arm64", "x86_64"))
    one_of("python", deployment.python, ("3.11", "3.12", "3.13"))
    if deployment.python == "3.11" and deployment.architecture != "x86_64":
        refuse("python", "3.11 goes with architecture x86_64 only; the database driver for arm64 needs 3.12.")
    between("api_concurrency", deployment.api_concurrency, low=1, high=1_000)
    between("worker_concurrency", deployment.worker_concurrency, low=1, high=1_000)
    between("querybot_concurrency", deployment.querybot_concurrency, low=1, high=1_000)
    one_of("embedder", deployment.embedder, ("bedrock", "minilm"))
    one_of("words", deployment.words, ("model", "template"))
    between("words_rows", deployment.words_rows, low=1, high=50)
    one_of("log_level", deployment.log_level, ("DEBUG", "INFO", "WARNING", "ERROR"))
    between("throttle_rate", deployment.throttle_rate, low=1, high=10_000)
    between("throttle_burst", deployment.throttle_burst, low=1, high=5_000)
    between("row_limit", deployment.row_limit, low=1, high=10_000_000)
    between("query_seconds", deployment.query_seconds, low=1, high=600)
    one_of("time_follows", deployment.time_follows, ("today", "data"))
    between("fiscal_start", deployment.fiscal_start, low=1, high=12)
    between("abstain_below_percent", deployment.abstain_below_percent, low=0, high=100)


def start(deployment: Deployment) -> None:
    """How functions come up fits their Python and their number."""
    one_of("start", deployment.start, ("plain", "snapstart", "provisioned"))
    if deployment.start == "snapstart" and deployment.python == "3.11":
        refuse("start", "snapstart needs python 3.12 or newer.")
    most = min(deployment.api_concurrency, deployment.querybot_concurrency)
    between("provisioned_environments", deployment.provisioned_environments, low=1, high=most)


def connections(deployment: Deployment) -> None:
    """Each environment of a function holds one connection; who asks for more than there are is turned away."""
    held = deployment.api_concurrency + deployment.worker_concurrency
    most = int(deployment.database_max_connections * CONNECTIONS_SHARE)
    if held > most:
        refuse(
            "database_max_connections",
            f"api_concurrency + worker_concurrency = {held} connections are more than {most}, "
            f"which is 80 % of {deployment.database_max_connections}.",
        )
