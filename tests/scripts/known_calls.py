"""Whether calls of the AWS CLI and recorded answers are such as AWS knows, by the descriptions in botocore."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import botocore.session
from botocore import xform_name

ITS_OWN = {("eks", "get-token"): ({"--cluster-name"}, {"kind", "apiVersion", "spec", "status"})}
"""Commands that the CLI has beside AWS's operations: options that we need, fields that it answers."""
OF_THE_CLI = {"--query", "--output", "--region", "--no-paginate", "--max-items"}


@cache
def session() -> Any:
    return botocore.session.get_session()


@cache
def operations(service: str) -> dict[str, Any]:
    """The CLI's name of each operation -> its description."""
    model = session().get_service_model("s3" if service == "s3api" else service)
    return {xform_name(name, "-"): model.operation_model(name) for name in model.operation_names}


@cache
def waiters(service: str) -> set[str]:
    return {xform_name(name, "-") for name in session().get_waiter_model(service).waiter_names}


def unknown_calls(calls: Iterable[list[str]]) -> list[str]:
    """What is unknown about each call that the CLI or AWS would not understand."""
    return [found for call in calls for found in unknown(call)]


def unknown(call: list[str]) -> list[str]:
    if call[0] in ("--version", "configure", "s3"):
        return []
    service, operation, *rest = call
    if operation == "wait":
        return [] if rest[0] in waiters(service) else [f"{service} wait {rest[0]}"]
    if (service, operation) in ITS_OWN:
        options = {word for word in rest if word.startswith("--")} - OF_THE_CLI
        return [f"{service} {operation} {o}" for o in options ^ ITS_OWN[service, operation][0]]
    if operation not in operations(service):
        return [f"{service} {operation}"]
    shape = operations(service)[operation].input_shape
    members = {xform_name(name, "-"): of for name, of in shape.members.items()} if shape else {}
    options = [word for word in rest if word.startswith("--") and word not in OF_THE_CLI]
    known = {f"--{name}" for name in members}
    known |= {f"--no-{name}" for name, of in members.items() if of.type_name == "boolean"}
    lacking = {xform_name(name, "-") for name in (shape.required_members if shape else ())}
    lacking -= {option[2:] for option in options}
    wrong = [f"{service} {operation} {option}" for option in options if option not in known]
    return wrong + [f"{service} {operation} lacks --{name}" for name in sorted(lacking)]


def unknown_fields(service: str, operation: str, answer: Any) -> list[str]:
    """Fields of a recorded answer that AWS does not have."""
    if (service, operation) in ITS_OWN:
        return sorted(answer.keys() ^ ITS_OWN[service, operation][1])
    return list(fields(answer, operations(service)[operation].output_shape, operation))


def fields(answer: Any, shape: Any, at: str) -> Iterable[str]:
    if isinstance(answer, dict) and shape is not None and shape.type_name == "structure":
        for key, value in answer.items():
            if key in shape.members:
                yield from fields(value, shape.members[key], f"{at}.{key}")
            else:
                yield f"{at}.{key}"
    elif isinstance(answer, list) and shape is not None and shape.type_name == "list":
        for item in answer:
            yield from fields(item, shape.member, at)
