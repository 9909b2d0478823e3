"""Resource types that MiniStack's CloudFormation does not know: accepted, named, and nothing more.

Each has the attributes that templates ask for with Fn::GetAtt, so that what depends on them can be made.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from place import ACCOUNT, REGION

Properties = Mapping[str, Any]
Made = tuple[str, dict[str, Any]]
Attributes = Callable[[str, Properties], dict[str, Any]]
Handlers = dict[str, dict[str, Any]]
"""MiniStack's table: type -> "create", "update", "delete"."""

_HEX = 17


def _named(*attributes: str) -> Attributes:
    return lambda name, _: dict.fromkeys(attributes, name)


def _arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


def _address(name: str, _given: Properties) -> dict[str, Any]:
    return {"AllocationId": name, "PublicIp": "192.0.2.10"}


def _instance(name: str, given: Properties) -> dict[str, Any]:
    return {
        "InstanceId": name,
        "AvailabilityZone": given.get("AvailabilityZone", f"{REGION}a"),
        "PrivateIp": "10.20.0.10",
        "PrivateDnsName": "ip-10-20-0-10.ec2.internal",
        "PublicIp": "",
        "PublicDnsName": "",
        "VpcId": "",
    }


def _proxy(name: str, _given: Properties) -> dict[str, Any]:
    return {"DBProxyArn": _arn("rds", f"db-proxy:{name}"), "Endpoint": f"{name}.proxy.invalid", "VpcId": ""}


def _scaling(name: str, _given: Properties) -> dict[str, Any]:
    return {"Arn": _arn("autoscaling", f"scalingPolicy:{name}")}


def _alarm(name: str, _given: Properties) -> dict[str, Any]:
    return {"Arn": _arn("cloudwatch", f"alarm:{name}")}


PLACEHOLDERS: Mapping[str, tuple[str, Attributes]] = {
    "AWS::ApplicationAutoScaling::ScalableTarget": ("target-", _named("Id")),
    "AWS::ApplicationAutoScaling::ScalingPolicy": ("policy-", _scaling),
    "AWS::Budgets::Budget": ("budget-", _named("Id")),
    "AWS::CloudWatch::CompositeAlarm": ("alarm-", _alarm),
    "AWS::EC2::EIP": ("eipalloc-", _address),
    "AWS::EC2::FlowLog": ("fl-", _named("Id")),
    "AWS::EC2::Instance": ("i-", _instance),
    "AWS::EC2::InstanceConnectEndpoint": ("eice-", _named("Id")),
    "AWS::EC2::NatGateway": ("nat-", _named("NatGatewayId")),
    "AWS::EC2::NetworkAcl": ("acl-", _named("Id")),
    "AWS::EC2::SecurityGroupEgress": ("sgr-", _named("Id")),
    "AWS::EC2::SecurityGroupIngress": ("sgr-", _named("Id")),
    "AWS::Logs::QueryDefinition": ("query-", _named("QueryDefinitionId")),
    "AWS::RDS::DBProxy": ("proxy-", _proxy),
    "AWS::RDS::DBProxyTargetGroup": ("targets-", _named("TargetGroupArn")),
    "AWS::SecretsManager::ResourcePolicy": ("secret-policy-", _named("Id")),
    "AWS::SecretsManager::RotationSchedule": ("rotation-", _named("Id")),
}
"""Type -> how its ids begin, and its attributes."""


def handler(beginning: str, attributes: Attributes) -> dict[str, Any]:
    """The three things MiniStack wants to do with a resource."""

    def create(_logical_id: str, properties: Properties, _stack: str) -> Made:
        name = f"{beginning}{uuid.uuid4().hex[:_HEX]}"
        return name, attributes(name, properties)

    def update(name: str, _old: Properties, properties: Properties, _stack: str) -> Made:
        return name, attributes(name, properties)

    def delete(_name: str, _properties: Properties) -> None:
        """Nothing was made."""

    return {"create": create, "update": update, "delete": delete}


def register(known: Handlers) -> None:
    """Add what is missing to MiniStack's table."""
    missing = set(PLACEHOLDERS) - set(known)
    known.update({kind: handler(*PLACEHOLDERS[kind]) for kind in missing})
