"""docs/rights.md: every role of a deployment with the default options, read out of the templates."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aws_cdk import Stack
from aws_cdk import aws_iam as iam

from documenting.composing import app_module, cdk_module, new_app
from documenting.fields import cell

Template = Mapping[str, Any]
TABLE = "| right | actions | on | why it is as wide as that |\n|---|---|---|---|\n"
HEAD = """# Rights

Made from the templates by `make docs`: every IAM role of a deployment with the default options, called `analyst`, what
it may do and on what. No managed policy is attached to any of them.

- A role is called by its stack, its name here and letters of CloudFormation's: `analyst-backend-QuerybotRole…`.
- `<Name>` is a resource of the same stack, `<analyst-data.Name>` one of another, `<region>` and `<account>` are those
  of the deployment. A log's name stands for all streams in it.
- Sources add to the worker's role: the right to read each one's secret, or to have a login given out for it; for the
  Data API of Redshift to run statements in its workgroup or cluster and to follow its own; for Athena those on its
  workgroup, tables, data and output, see [your databases](deploying.md#your-databases). Models add to querybot's,
  see [models and regions](deploying.md#models-and-regions).
- Who deploys and who operates are people: [who may do what](operating.md#who-may-do-what).
"""
ROTATION = """
### The database's rotation

The function that changes the database's password (not with `database_rotation_days` `0`) is one of AWS's: the template
asks for it by the transform `{transform}`, and AWS makes function and role with the stack. They
stand in no template of ours, so what this role may do is not listed here: look at the nested stack of `{stack}`.
"""
_HASH = re.compile(r"(?<=[A-Za-z0-9])[0-9A-F]{8}$")
_ASSET = re.compile(r"[0-9a-f]{64}")
_PSEUDO = {"AWS::Partition": "aws", "AWS::Region": "<region>", "AWS::AccountId": "<account>"}


@dataclass(frozen=True)
class Composed:
    """The stacks in their order with their templates."""

    stacks: tuple[Stack, ...]
    templates: Mapping[str, Template]

    def exported(self, name: str) -> tuple[str, Any]:
        """The stack that exports this name, and what it exports; raises ValueError for a name that none does."""
        for stack, template in self.templates.items():
            for one in template.get("Outputs", {}).values():
                if one.get("Export", {}).get("Name") == name:
                    return stack, one["Value"]
        raise ValueError(f"No stack exports {name}.")


def text() -> str:
    """The whole page; raises ValueError for a wildcard that nobody has given a reason for."""
    with tempfile.TemporaryDirectory() as folder:
        app = new_app(Path(folder))
        app_module().compose(app, cdk_module("options").read_deployment({}, None))
        made = {one.stack_name: one.template for one in app.synth().stacks}
        stacks = tuple(one for one in app.node.children if isinstance(one, Stack))
        return page(Composed(stacks, made))


def page(composed: Composed) -> str:
    """The page of these stacks."""
    return HEAD + "".join(_section(composed, stack) for stack in composed.stacks)


def _section(composed: Composed, stack: Stack) -> str:
    template = composed.templates[stack.stack_name]
    roles = [one for one in stack.node.find_all() if isinstance(one, iam.CfnRole)]
    parts = [_role(composed, stack, role) for role in roles]
    if "Transform" in template:
        parts.append(ROTATION.format(transform=template["Transform"], stack=stack.stack_name))
    return f"\n## {stack.stack_name}\n" + ("".join(parts) or "\nNo role.\n")


def _role(composed: Composed, stack: Stack, role: iam.CfnRole) -> str:
    template = composed.templates[stack.stack_name]
    id = str(stack.resolve(role.logical_id))
    properties = template["Resources"][id]["Properties"]
    if "ManagedPolicyArns" in properties:
        raise ValueError(f"{id} has a managed policy, whose rights stand in no template.")
    trusted = [each["Principal"]["Service"] for each in properties["AssumeRolePolicyDocument"]["Statement"]]
    said = properties.get("Description", "")
    intro = f"\n### {_name(id)}\n\n{said}{'. ' if said else ''}Assumed by {_codes(trusted)}.\n"
    reasons = _reasons(role)
    rows = [_row(composed, stack, one, reasons) for one in _statements(template, id)]
    return intro + (f"\n{TABLE}{''.join(rows)}" if rows else "\nNo right.\n")


def _statements(template: Template, role: str) -> Iterator[Mapping[str, Any]]:
    """Of the policies in the role, then of those attached to it."""
    for policy in template["Resources"][role]["Properties"].get("Policies", []):
        yield from policy["PolicyDocument"]["Statement"]
    for one in template["Resources"].values():
        if one["Type"] == "AWS::IAM::Policy" and {"Ref": role} in one["Properties"]["Roles"]:
            yield from one["Properties"]["PolicyDocument"]["Statement"]


def _reasons(role: iam.CfnRole) -> list[tuple[str, str]]:
    """What was said about findings on this role: the finding and the reason, in the order of its statements."""
    return [
        (finding, reason)
        for scope in reversed(role.node.scopes)
        for note in scope.node.metadata
        if note.type == "aws:cdk:acknowledged-rules"
        for finding, reason in note.data.items()
    ]


def _row(
    composed: Composed, stack: Stack, statement: Mapping[str, Any], reasons: list[tuple[str, str]]
) -> str:
    denied = statement["Effect"] == "Deny"
    resources = _many(statement["Resource"])
    shown = [_shown(composed, one) for one in resources]
    wide = [one for one, there in zip(resources, shown, strict=True) if "*" in there and not denied]
    why = dict.fromkeys(_reason(one, reasons, where=f"{stack.stack_name}, {shown}") for one in wide)
    cells = (
        _right(composed, statement),
        _codes(_many(statement["Action"])),
        "<br>".join(f"`{one}`" for one in shown),
        " ".join(why),
    )
    return f"| {' | '.join(map(cell, cells))} |\n"


def _reason(resource: object, reasons: list[tuple[str, str]], *, where: str) -> str:
    """Why this resource is no narrower; one finding may have a reason for each statement, the first one first."""
    finding = f"IAM5[Resource::{cdk_module('pieces.nag_names').written(resource)}]"
    own = [one for one in reasons if one[0].endswith(f"-{finding}")]
    if not own:
        raise ValueError(f"Nobody says why a resource is a wildcard: {where}.")
    if len(own) > 1:
        reasons.remove(own[0])
    return own[0][1]


def _right(composed: Composed, statement: Mapping[str, Any]) -> str:
    name = str(statement.get("Sid", ""))
    denied = " **denied**" if statement["Effect"] == "Deny" else ""
    conditions = [
        f"`{key}` {operator} `{_shown(composed, value)}`"
        for operator, tests in statement.get("Condition", {}).items()
        for key, value in tests.items()
    ]
    return f"{name}{denied}{' where ' if conditions else ''}{' and '.join(conditions)}".strip()


def _shown(composed: Composed, node: object, stack: str = "") -> str:
    """A resource as people read it; `stack` is the one whose resources it names, empty for the role's own."""
    match node:
        case str():
            filled = re.sub(r"\$\{([^}]+)\}", lambda found: _PSEUDO[found[1]], node)
            return _ASSET.sub("<asset>", filled)
        case {"Fn::Join": [str(between), list(parts)]}:
            return between.join(_shown(composed, part, stack) for part in parts)
        case {"Fn::Sub": str(words)}:
            return _shown(composed, words, stack)
        case {"Fn::GetAtt": [str(id), *_]} | {"Ref": str(id)} if id not in _PSEUDO:
            return f"<{stack}{'.' if stack else ''}{_name(id)}>"
        case {"Ref": str(pseudo)}:
            return _PSEUDO[pseudo]
        case {"Fn::ImportValue": str(export)}:
            other, value = composed.exported(export)
            return _shown(composed, value, other)
    raise ValueError(f"The page cannot show {node!r}.")


def _name(id: str) -> str:
    return _HASH.sub("", id)


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _codes(words: list[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)
