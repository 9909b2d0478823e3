"""Who may talk to whom, read out of a synthesized network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

Template = Mapping[str, Any]


class Rule(NamedTuple):
    """One direction of one permission, as one side's security group has it."""

    side: str
    """"in" or "out"."""
    source: str
    target: str
    port: str

    def __str__(self) -> str:
        return f"{self.side:3} {self.source} -> {self.target}: {self.port}"


def rules(template: Template) -> list[Rule]:
    """Every rule of the template, also those that stand twice; groups by what their description says."""
    names = {
        name: one["Properties"]["GroupDescription"].partition(": ")[2]
        for name, one in template["Resources"].items()
        if one["Type"] == "AWS::EC2::SecurityGroup"
    }
    return sorted(_all(template, names))


def printed(template: Template) -> str:
    """The rules, one a line."""
    return "\n".join(map(str, rules(template)))


def _all(template: Template, names: Mapping[str, str]) -> Iterator[Rule]:
    for name, one in template["Resources"].items():
        properties = one.get("Properties", {})
        if one["Type"] == "AWS::EC2::SecurityGroup":
            for rule in properties.get("SecurityGroupIngress", []):
                yield _rule("in", _party(rule, "Source", names), names[name], rule)
            for rule in properties.get("SecurityGroupEgress", []):
                yield _rule("out", names[name], _party(rule, "Destination", names), rule)
        elif one["Type"] == "AWS::EC2::SecurityGroupIngress":
            group = _group(properties["GroupId"], names)
            yield _rule("in", _party(properties, "Source", names), group, properties)
        elif one["Type"] == "AWS::EC2::SecurityGroupEgress":
            group = _group(properties["GroupId"], names)
            yield _rule("out", group, _party(properties, "Destination", names), properties)


def _rule(side: str, source: str, target: str, rule: Mapping[str, Any]) -> Rule:
    low, high = rule.get("FromPort"), rule.get("ToPort")
    return Rule(side, source, target, f"{rule['IpProtocol']} {low}" + ("" if low == high else f"-{high}"))


def _party(rule: Mapping[str, Any], side: str, names: Mapping[str, str]) -> str:
    group = rule.get(f"{side}SecurityGroupId")
    return _group(group, names) if group else str(rule.get("CidrIp") or rule["CidrIpv6"])


def _group(reference: object, names: Mapping[str, str]) -> str:
    if isinstance(reference, Mapping):
        return names[reference["Fn::GetAtt"][0]]
    return str(reference)
