"""What the deployment's scripts must know of the options, as plain lines; standard library only.

`facts` prints "key<TAB>value" lines (a key may come again), `documents FOLDER` writes the three documents of
Parameter Store, `ungranted FILE` names what those documents use and the deployed functions may not yet.
Wrong options end it with one sentence on stderr and exit code 2.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from checks.people import policies_text
from deployment import Deployment, OptionsError, SourceOptions
from options import read_deployment
from ways import bundle_needed, by_data_api, called, certificates, databases, tls, uses

HERE = Path(__file__).resolve().parent
UNRESERVED = 100
"""Environments of an account that no function may reserve."""
PARTS = ("network", "data", "backend", "image", "frontend", "access", "observe")
"""Every stack that a deployment can have, in the order they are built."""
Pair = tuple[str, object]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what was asked for; 2 with one sentence when the options are wrong."""
    wanted = parse(arguments)
    try:
        deployment = read(wanted.options)
    except OptionsError as wrong:
        sys.stderr.write(f"{wrong}\n")
        return 2
    for line in COMMANDS[wanted.command](deployment, wanted.path):
        sys.stdout.write(f"{line}\n")
    return 0


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--options", help="JSON file laid over cdk.json's deployment")
    parser.add_argument("command", choices=sorted(COMMANDS))
    parser.add_argument("path", nargs="?", type=Path, default=Path("."))
    return parser.parse_args(arguments)


def read(options: str | None) -> Deployment:
    """The deployment, from the same two places that the CDK app reads."""
    try:
        settings = json.loads((HERE / "cdk.json").read_text(encoding="utf-8"))
    except ValueError as error:
        raise OptionsError(f"cdk/cdk.json is not valid JSON ({error}); mend it and try again.") from None
    return read_deployment(settings.get("context", {}).get("deployment"), options)


# --- facts


def facts(deployment: Deployment, path: Path) -> Iterator[str]:
    """Everything that the scripts ask for, one "key<TAB>value" a line; flags are "yes" or left out."""
    groups = (identity, layers, network, models, sources)
    for key, value in (pair for group in groups for pair in group(deployment)):
        if value is True:
            yield f"{key}\tyes"
        elif value not in ("", False, None):
            yield f"{key}\t{value}"


def identity(deployment: Deployment) -> Iterator[Pair]:
    """Names, the stacks in the order they are built, and what is optional."""
    yield "name", deployment.name
    yield from (("stack", stack) for stack in stack_ids(deployment))
    yield from (("any_stack", f"{deployment.name}-{part}") for part in PARTS)
    yield "builds_image", not deployment.ui_image_uri
    yield "image_uri", deployment.ui_image_uri
    yield "bastion", deployment.bastion
    yield "qualifier", "" if deployment.start == "plain" else "live"
    yield "deletion_protection", deployment.database_deletion_protection
    yield "domain", deployment.ui_domain
    yield "oidc_issuer", deployment.oidc_issuer
    yield "policies", deployment.policies
    reserved = deployment.api_concurrency + deployment.worker_concurrency + deployment.querybot_concurrency
    yield "reserved", reserved
    yield "concurrency_needed", reserved + UNRESERVED


def stack_ids(deployment: Deployment) -> list[str]:
    """The stacks in the order they are built."""
    without = {"image"} if deployment.ui_image_uri else set()
    without |= set() if deployment.bastion else {"access"}
    return [f"{deployment.name}-{part}" for part in PARTS if part not in without]


def layers(deployment: Deployment) -> Iterator[Pair]:
    """Where the layers are built, for what, and which."""
    yield "architecture", deployment.architecture
    yield "python", deployment.python
    yield "layers", f"layers/build/{deployment.architecture}-{deployment.python}"
    yield "layer", "base"
    yield "layer", "data"
    yield "layer", "minilm" if deployment.embedder == "minilm" else ""
    # A file of one's own goes along as it is; there is nothing to fetch then.
    fetched = bundle_needed(deployment) and not deployment.rds_ca
    yield "layer", "rds" if fetched else ""
    yield "rds_bundle", deployment.rds_bundle if fetched else ""


def network(deployment: Deployment) -> Iterator[Pair]:
    """What an existing network must have, or a new one needs."""
    yield "vpc", deployment.vpc_id
    yield from (("zone", zone) for zone in deployment.availability_zones)
    yield from (("private", subnet) for subnet in deployment.private_subnet_ids)
    yield from (("isolated", subnet) for subnet in deployment.isolated_subnet_ids)
    yield "api_endpoint", deployment.api_endpoint_id
    yield "nat_gateways", 0 if deployment.vpc_id or deployment.egress != "nat" else deployment.nat_gateways
    yield from (("service", service) for service in services(deployment))


def services(deployment: Deployment) -> list[str]:
    """AWS services that private subnets must reach: through NAT, or an endpoint each."""
    needed = ["ecr.api", "ecr.dkr", "execute-api", "lambda", "logs", "s3", "secretsmanager", "ssm", "xray"]
    needed += ["ssmmessages"] if deployment.bastion else []
    needed += [] if deployment.oidc_issuer else ["sts"]
    needed += sorted({service for source in deployment.sources for service in called(source)})
    needed += (
        ["bedrock-runtime"]
        if deployment.embedder == "bedrock" and not deployment.bedrock_endpoint_url
        else []
    )
    return sorted(needed)


def models(deployment: Deployment) -> Iterator[Pair]:
    """Every Bedrock model that is used or may be switched to, each once."""
    chosen = deployment.models
    embedding = "" if deployment.embedder == "minilm" else chosen.embedding
    yield "model_region", deployment.model_region
    yield "bedrock_endpoint", deployment.bedrock_endpoint_url
    for model in dict.fromkeys((chosen.sql, chosen.words, embedding, *chosen.allowed)):
        yield "model", model


def sources(deployment: Deployment) -> Iterator[Pair]:
    """Security groups that the worker must get through: "name group port"."""
    for source in deployment.sources:
        if source.security_group_id:
            port = source.address.rpartition(":")[2]
            yield "source_group", f"{source.name}\t{source.security_group_id}\t{port}"


# --- the documents of Parameter Store


def documents(deployment: Deployment, path: Path) -> Iterator[str]:
    """Write sources.json, models.json and policies.json; "kind<TAB>sha256's first 12<TAB>bytes" of each."""
    for kind, content in contents(deployment).items():
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        (path / f"{kind}.json").write_bytes(text)
        yield f"{kind}\t{hashlib.sha256(text).hexdigest()[:12]}\t{len(text)}"


def contents(deployment: Deployment) -> dict[str, Any]:
    """The three documents, by kind."""
    chosen = deployment.models
    models: dict[str, object] = {"sql": chosen.sql, "words": chosen.words or chosen.sql}
    if deployment.embedder == "bedrock":
        models["embedding"] = chosen.embedding
    return {
        "sources": [source_document(source, own=deployment.name) for source in deployment.sources],
        "models": {**models, "few_shot": chosen.few_shot},
        "policies": policies_document(deployment),
    }


def policies_document(deployment: Deployment) -> dict[str, Any]:
    """Limits for everybody, and the text of policies.toml where there is one."""
    return {
        "row_limit": deployment.row_limit,
        "timeout_seconds": deployment.query_seconds,
        "time_follows": deployment.time_follows,
        "fiscal_start": deployment.fiscal_start,
        "abstain_below": deployment.abstain_below_percent / 100,
        **({"file": policies_text(deployment)} if deployment.policies else {}),
    }


def source_document(source: SourceOptions, *, own: str) -> dict[str, Any]:
    """One source as the functions read it; empty fields are left out. `own` is the deployment's workgroup."""
    plain = (
        *("name", "engine", "title", "description", "address", "database", "login", "user", "cluster"),
        *("region", "catalog", "output", "reuse_seconds"),
        *("result_reuse_minutes", "usd_per_tb", "large_gb", "large_partitions"),
    )
    fields = {
        **{key: getattr(source, key) for key in plain},
        "via": source.via if by_data_api(source) else "",
        "secret": source.secret_arn,
        "tls": tls(source),
        "ca": certificates(source),
        "workgroup": source.workgroup or (own if source.engine == "athena" else ""),
        "databases": [name for name in databases(source) if name != source.database]
        if source.engine == "athena"
        else [],
    }
    return {key: value for key, value in fields.items() if value}


def pretty(deployment: Deployment, path: Path) -> Iterator[str]:
    """A document as people read and compare it."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return
    if isinstance(document, dict) and isinstance(document.get("file"), str):
        # Line by line, so that a difference shows the lines that differ.
        document["file"] = document["file"].split("\n")
    yield json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True)


# --- what the deployed functions may use


def ungranted(deployment: Deployment, path: Path) -> Iterator[str]:
    """One sentence's part for each thing that the documents use and `granted` does not hold."""
    granted = json.loads(path.read_text(encoding="utf-8"))
    for key, what, value in used(deployment):
        if value and value not in granted.get(key, ()):
            yield f"{what} {value}"


def used(deployment: Deployment) -> Iterator[tuple[str, str, str]]:
    """What is used: the key in `granted`, its word, its value."""
    chosen = deployment.models
    yield "models", "the model", chosen.sql
    yield "models", "the model", chosen.words
    yield "embedding", "the model", "" if deployment.embedder == "minilm" else chosen.embedding
    for source in deployment.sources:
        yield from uses(source)


COMMANDS: Mapping[str, Any] = {
    "facts": facts,
    "documents": documents,
    "pretty": pretty,
    "ungranted": ungranted,
}

if __name__ == "__main__":
    sys.exit(main())
