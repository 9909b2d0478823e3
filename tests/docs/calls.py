"""Every call of AWS that the scripts make or name, and the IAM action it needs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

from botocore import xform_name
from botocore.session import get_session

ROOT = Path(__file__).parents[2]
SHELL = ROOT / "tools" / "shell"
STARTING = [SHELL / name for name in ("say.sh", "start.sh", "cloud.sh")]
"""What every script reads."""
OPERATING = [
    ROOT / "ssh_tunnel.sh",
    ROOT / "view_logs.sh",
    *STARTING,
    *(SHELL / name for name in ("status.sh", "configure.sh")),
]
DEPLOYING = [ROOT / "deploy.sh", *sorted(SHELL.glob("*.sh"))]

Call = tuple[str, str]
"""Service and operation as the AWS CLI has them: ("s3api", "list-buckets")."""
SERVICES = {"s3api": "s3"}
PREFIXES = {"service-quotas": "servicequotas", "s3api": "s3"}
WAITERS = {"db-instance-available": "describe-db-instances", "stack-delete-complete": "describe-stacks"}
ACTIONS = {
    ("s3", "cp"): ("s3:GetObject", "s3:PutObject"),
    ("s3api", "list-buckets"): ("s3:ListAllMyBuckets",),
    ("s3api", "list-object-versions"): ("s3:ListBucketVersions",),
    ("s3api", "delete-objects"): ("s3:DeleteObject", "s3:DeleteObjectVersion"),
    ("lambda", "invoke"): ("lambda:InvokeFunction",),
    ("ec2-instance-connect", "send-ssh-public-key"): ("ec2-instance-connect:SendSSHPublicKey",),
    # Everybody may ask who they are.
    ("sts", "get-caller-identity"): (),
}
"""Calls whose action is not called like the operation."""

_PAIR = re.compile(r"(?<![\w-])([a-z][a-z0-9-]+)\s+(?=([a-z][a-z0-9-]*))")
_WAIT = re.compile(r"(?<![\w-])([a-z0-9-]+) wait ([a-z-]+)")
_HELPER = re.compile(r"(?<![\w-])describe ([a-z-]+) --filters")


def calls(files: list[Path]) -> set[Call]:
    """The calls of these scripts, those in sentences for people among them."""
    return {call for file in files for call in _of(file.read_text(encoding="utf-8").replace("\\\n", " "))}


def _of(text: str) -> Iterator[Call]:
    for service, operation in _PAIR.findall(text):
        if operation in operations(service):
            yield service, operation
    for service, waiter in _WAIT.findall(text):
        if operations(service):
            yield service, WAITERS[waiter]
    # tools/shell/check.sh's own `describe WHAT` is EC2's describe-WHAT.
    for what in _HELPER.findall(text):
        yield "ec2", f"describe-{what}"


@cache
def operations(service: str) -> frozenset[str]:
    """What the AWS CLI can do with a service; nothing for what is no service."""
    if service == "s3":
        return frozenset({"cp"})
    name = SERVICES.get(service, service)
    if name not in _services():
        return frozenset()
    names = get_session().get_service_model(name).operation_names
    return frozenset(xform_name(operation, "-") for operation in names)


@lru_cache(maxsize=1)
def _services() -> frozenset[str]:
    return frozenset(get_session().get_available_services())


def actions(call: Call) -> tuple[str, ...]:
    """The IAM actions of a call."""
    if call in ACTIONS:
        return ACTIONS[call]
    service, operation = call
    model = get_session().get_service_model(SERVICES.get(service, service))
    name = next(o for o in model.operation_names if xform_name(o, "-") == operation)
    return (f"{PREFIXES.get(service, service)}:{name}",)
