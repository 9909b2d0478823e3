"""The databases that may be asked."""

from __future__ import annotations

import re

from checks.refusing import between, like, like_all, one_of, refuse
from checks.shapes import SECRET, TLS
from deployment import Deployment, SourceOptions

ENGINES = ("postgres", "redshift", "athena")
_BUCKET = r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"


def declared_sources(deployment: Deployment) -> None:
    """Every source has a name of its own and what its engine needs."""
    seen: dict[str, int] = {}
    for at, source in enumerate(deployment.sources):
        key = f"sources[{at}]"
        like(
            f"{key}.name",
            source.name,
            r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,62})",
            "letters, digits, _ and - (at most 63)",
        )
        if source.name.lower() in seen:
            refuse(
                f"{key}.name", f'"{source.name}" is the name of sources[{seen[source.name.lower()]}], too.'
            )
        seen[source.name.lower()] = at
        one_of(f"{key}.engine", source.engine, ENGINES)
        one_of(f"{key}.tls", source.tls, TLS)
        if source.engine == "athena":
            _athena(key, source)
        else:
            _reached(key, source)


def _reached(key: str, source: SourceOptions) -> None:
    """A source that the worker reaches over the network."""
    host, _, port = source.address.rpartition(":")
    if not re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?", host) or not re.fullmatch(
        r"\d{1,5}", port
    ):
        refuse(f"{key}.address", f'must be "host:port", not "{source.address}".')
    between(f"{key}.address", int(port), low=1, high=65_535)
    if not source.database:
        refuse(f"{key}.database", f"is missing: a {source.engine} source needs it.")
    if not source.secret_arn:
        refuse(f"{key}.secret_arn", f"is missing: a {source.engine} source needs the secret with its user.")
    like(f"{key}.secret_arn", source.secret_arn, SECRET, "the ARN of a secret in Secrets Manager")
    if source.security_group_id:
        what = "a security group's id such as sg-0123456789abcdef0"
        like(f"{key}.security_group_id", source.security_group_id, r"sg-[0-9a-f]{8,17}", what)
    for name in ("workgroup", "glue_databases", "data_buckets"):
        if getattr(source, name):
            refuse(f"{key}.{name}", f"is for athena; this source is {source.engine}.")


def _athena(key: str, source: SourceOptions) -> None:
    """A source that is reached through AWS's own interface."""
    for name in ("address", "secret_arn", "security_group_id"):
        if getattr(source, name):
            refuse(f"{key}.{name}", "is not for athena, which has no address and no password.")
    if not source.glue_databases and not source.database:
        refuse(f"{key}.glue_databases", "is missing: an athena source needs glue_databases or database.")
    names = r"[a-z0-9_-]{1,255}"
    like_all(f"{key}.glue_databases", source.glue_databases, names, "a Glue database's name in lower case")
    if source.database:
        like(f"{key}.database", source.database, names, "a Glue database's name in lower case")
    like_all(f"{key}.data_buckets", source.data_buckets, _BUCKET, "a bucket's name")
    if source.workgroup:
        like(f"{key}.workgroup", source.workgroup, r"[A-Za-z0-9._-]{1,128}", "a workgroup's name")
