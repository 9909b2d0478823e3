"""The databases that may be asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path, PurePath

from checks.refusing import between, like, like_all, one_of, refuse
from checks.shapes import ACCOUNT, REGION, SECRET
from deployment import Deployment, OptionsError, SourceOptions
from ways import by_data_api, databases, in_rds, is_federated, place_of

ENGINES = ("postgres", "redshift", "athena")
TLS = ("verify-full", "verify-ca", "require", "prefer", "disable")
_BUCKET = r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}"
_IN_AN_ARN = r"[A-Za-z0-9_.@+-]{1,127}"
"""What stands in a right's ARN as it is; a star there would grant more than somebody meant."""
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_ALL = frozenset({"name", "engine", "title", "description", "database", "reuse_seconds"})
_LOGIN = frozenset({"secret_arn", "user", "region", "resource_id"})
_SERVED = _ALL | _LOGIN | {"address", "login", "tls", "ca", "security_group_id"}
_REDSHIFT = frozenset({"via", "workgroup", "cluster"})
KNOWN: Mapping[str, frozenset[str]] = {
    "postgres": _SERVED,
    "redshift": _SERVED | _REDSHIFT,
    "redshift by the Data API": _ALL | _LOGIN | _REDSHIFT,
    "athena": _ALL
    | {
        "workgroup",
        "databases",
        "glue_databases",
        "catalog",
        "connector_arns",
        "data_buckets",
        "output",
        "region",
    }
    | {"result_reuse_minutes", "usd_per_tb", "large_gb", "large_partitions"},
}
"""What each kind of source may have."""


def declared_sources(deployment: Deployment) -> None:
    """Every source has a name of its own and what its engine needs."""
    _rds(deployment)
    seen: dict[str, int] = {}
    for at, source in enumerate(deployment.sources):
        key = f"sources[{at}]"
        what = "letters, digits, _ and - (at most 63)"
        like(f"{key}.name", source.name, r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,62})", what)
        if source.name.lower() in seen:
            refuse(
                f"{key}.name", f'"{source.name}" is the name of sources[{seen[source.name.lower()]}], too.'
            )
        seen[source.name.lower()] = at
        _source(key, source)
    _certificates(deployment)


def _source(key: str, source: SourceOptions) -> None:
    one_of(f"{key}.engine", source.engine, ENGINES)
    one_of(f"{key}.via", source.via, ("wire", "data-api"))
    kind = "redshift by the Data API" if by_data_api(source) else source.engine
    for field in fields(source):
        if field.name not in KNOWN[kind] and getattr(source, field.name) != field.default:
            refuse(f"{key}.{field.name}", f"is not for {kind}.")
    between(f"{key}.reuse_seconds", source.reuse_seconds, low=0, high=604_800)
    for name, most in (("title", 80), ("description", 300)):
        # Not repeated: it may have several lines, and a message has one.
        if not re.fullmatch(rf"[^\x00-\x1f\x7f]{{0,{most}}}", getattr(source, name)):
            refuse(f"{key}.{name}", f"must be one line of at most {most} characters.")
    if source.region:
        like(f"{key}.region", source.region, REGION, "a region such as eu-central-1")
    checks = {"athena": _athena, "redshift by the Data API": _data_api}
    checks.get(kind, _served)(key, source)


def _served(key: str, source: SourceOptions) -> None:
    """A source that the worker reaches over the network."""
    host, _, port = source.address.rpartition(":")
    if not re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?", host) or not re.fullmatch(
        r"\d{1,5}", port
    ):
        refuse(f"{key}.address", f'must be "host:port", not "{source.address}".')
    between(f"{key}.address", int(port), low=1, high=65_535)
    if not source.database:
        refuse(f"{key}.database", f"is missing: a {source.engine} source needs it.")
    if source.security_group_id:
        what = "a security group's id such as sg-0123456789abcdef0"
        like(f"{key}.security_group_id", source.security_group_id, r"sg-[0-9a-f]{8,17}", what)
    _tls(key, source)
    one_of(f"{key}.login", source.login, ("", "iam"))
    if source.login:
        _by_iam(key, source)
    else:
        _by_secret(key, source)


def _tls(key: str, source: SourceOptions) -> None:
    one_of(f"{key}.tls", source.tls, ("", *TLS))
    if source.tls in ("prefer", "disable") and source.ca:
        refuse(f"{key}.ca", f'verifies nothing with tls "{source.tls}".')
    if source.tls.startswith("verify") and source.engine == "postgres" and not (source.ca or in_rds(source)):
        refuse(f"{key}.ca", f'is missing: tls "{source.tls}" needs the certificates to verify with.')


def _by_secret(key: str, source: SourceOptions) -> None:
    if not source.secret_arn:
        refuse(f"{key}.secret_arn", f"is missing: a {source.engine} source needs the secret with its user.")
    like(f"{key}.secret_arn", source.secret_arn, SECRET, "the ARN of a secret in Secrets Manager")
    for name in ("user", "region", "resource_id", "workgroup", "cluster"):
        if getattr(source, name):
            refuse(f"{key}.{name}", 'is for login "iam" only; a secret names its user.')


def _by_iam(key: str, source: SourceOptions) -> None:
    """A login that AWS gives out: its rights name the database, so all that is in them has to be known."""
    if source.secret_arn:
        refuse(f"{key}.secret_arn", 'is not for login "iam", which has no secret.')
    like(f"{key}.database", source.database, _IN_AN_ARN, "letters, digits and _.@+- for a login by IAM")
    if source.engine == "redshift":
        _redshift_place(key, source)
        return
    if not source.user:
        refuse(f"{key}.user", 'is missing: login "iam" to postgres needs the database\'s user.')
    like(f"{key}.user", source.user, _IN_AN_ARN, "letters, digits and _.@+-")
    what = "what RDS calls the database in rights: db-…, cluster-… or prx-…"
    like(f"{key}.resource_id", source.resource_id, r"(?:db|cluster|prx)-[A-Za-z0-9]{1,64}", what)


def _data_api(key: str, source: SourceOptions) -> None:
    """A Redshift that is reached by calls of AWS."""
    if not source.database:
        refuse(f"{key}.database", "is missing: a redshift source needs it.")
    like(f"{key}.database", source.database, _IN_AN_ARN, "letters, digits and _.@+- for the Data API")
    if source.secret_arn:
        like(f"{key}.secret_arn", source.secret_arn, SECRET, "the ARN of a secret in Secrets Manager")
        if source.user:
            refuse(f"{key}.user", "is for a cluster without secret_arn; a secret names its user.")
    _redshift_place(key, source)


def _redshift_place(key: str, source: SourceOptions) -> None:
    place = place_of(source)
    if bool(place.workgroup) == bool(place.cluster):
        refuse(f"{key}.workgroup", "or cluster has to be given, one of them.")
    like(f"{key}.workgroup", place.workgroup, rf"(?:{_NAME})?", "the name of a workgroup of Redshift")
    like(f"{key}.cluster", place.cluster, r"(?:[a-z][a-z0-9-]{0,62})?", "the name of a cluster of Redshift")
    if place.workgroup:
        if source.user:
            refuse(f"{key}.user", "is for a cluster; a workgroup knows the role that asks.")
        like(f"{key}.resource_id", source.resource_id, _UUID, "the workgroup's id, which its ARN ends with")
        return
    if source.resource_id:
        refuse(f"{key}.resource_id", "is for a workgroup; rights know a cluster by its name.")
    if source.user:
        like(f"{key}.user", source.user, _IN_AN_ARN, "letters, digits and _.@+-")


def _athena(key: str, source: SourceOptions) -> None:
    """A source that is reached through AWS's own interface."""
    if not databases(source):
        refuse(f"{key}.glue_databases", "is missing: an athena source needs glue_databases or database.")
    names = r"[a-z0-9_-]{1,255}"
    for name in ("databases", "glue_databases"):
        like_all(f"{key}.{name}", getattr(source, name), names, "a Glue database's name in lower case")
    if source.database:
        like(f"{key}.database", source.database, names, "a Glue database's name in lower case")
    like_all(f"{key}.data_buckets", source.data_buckets, _BUCKET, "a bucket's name")
    if source.workgroup:
        like(f"{key}.workgroup", source.workgroup, r"[A-Za-z0-9._-]{1,128}", "a workgroup's name")
    _own_workgroup(key, source)
    _catalog(key, source)
    between(f"{key}.result_reuse_minutes", source.result_reuse_minutes, low=0, high=10_080)
    between(f"{key}.large_gb", source.large_gb, low=0, high=1_000_000)
    between(f"{key}.large_partitions", source.large_partitions, low=0, high=100_000_000)
    if not 0 <= source.usd_per_tb <= 1000:
        refuse(f"{key}.usd_per_tb", f"must be between 0 and 1000, not {source.usd_per_tb}.")


def _own_workgroup(key: str, source: SourceOptions) -> None:
    """The deployment's own workgroup is in its region, and keeps results in its bucket."""
    for name in ("region", "output"):
        if getattr(source, name) and not source.workgroup:
            refuse(f"{key}.{name}", "is for a workgroup of your own; give workgroup, too.")
    if source.output:
        what = '"s3://bucket/folder"'
        like(f"{key}.output", source.output, rf"s3://{_BUCKET}(?:/[A-Za-z0-9_.=/-]*)?", what)


def _catalog(key: str, source: SourceOptions) -> None:
    if source.catalog:
        like(f"{key}.catalog", source.catalog, r"[A-Za-z0-9_@-]{1,256}", "a data catalog's name")
    if source.connector_arns and not is_federated(source):
        refuse(f"{key}.connector_arns", "is for a federated catalog; give catalog, too.")
    function = rf"arn:aws[a-z-]*:lambda:{ACCOUNT}:function:[A-Za-z0-9_-]{{1,140}}"
    like_all(f"{key}.connector_arns", source.connector_arns, function, "the ARN of a function")


def _rds(deployment: Deployment) -> None:
    """The authorities of RDS come from one place."""
    if not deployment.rds_ca:
        return
    if deployment.rds_bundle:
        refuse("rds_ca", "stands in place of rds_bundle; give one of them.")
    _certificate("rds_ca", Path(deployment.rds_ca))


def _certificates(deployment: Deployment) -> None:
    """The files are there, and no two of one name: the functions have all of them in one folder."""
    seen: dict[str, str] = {}
    for at, source in enumerate(deployment.sources):
        if not source.ca:
            continue
        key = f"sources[{at}].ca"
        if seen.setdefault(PurePath(source.ca).name, source.ca) != source.ca:
            refuse(key, f"another file is called {PurePath(source.ca).name}, too; rename one of them.")
        _certificate(key, Path(source.ca))


def _certificate(key: str, path: Path) -> None:
    try:
        content = path.read_bytes()
    except (OSError, ValueError) as why:
        reason = (getattr(why, "strerror", None) or str(why)).lower()
        raise OptionsError(f"{key}: {path} cannot be read: {reason}.") from why
    if b"-----BEGIN CERTIFICATE-----" not in content:
        refuse(key, f"{path} holds no certificate in PEM.")
    if b"PRIVATE KEY" in content:
        refuse(key, f"{path} holds a private key, which belongs nowhere near it.")
