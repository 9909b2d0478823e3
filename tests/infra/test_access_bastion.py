"""The tunnel's machine: no address, no key, no open port, and hardly a right."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from synthesis import EXISTING, Templates, resources

Ground = Callable[..., Templates]


def access(ground: Ground, **options: Any) -> Mapping[str, Any]:
    return ground(**options)["analyst-access"]


def machine(ground: Ground, **options: Any) -> Any:
    (one,) = resources(access(ground, **options), "AWS::EC2::Instance").values()
    return one


@pytest.mark.parametrize("options", [{}, EXISTING], ids=["new", "existing"])
def test_it_has_no_public_address_and_no_key(ground: Ground, options: Mapping[str, Any]) -> None:
    instance = machine(ground, **options)
    (card,) = instance["NetworkInterfaces"]
    assert card["AssociatePublicIpAddress"] is False
    assert "KeyName" not in instance
    assert "AvailabilityZone" not in instance


def test_it_lies_in_a_private_subnet_behind_its_wall(ground: Ground) -> None:
    (card,) = machine(ground)["NetworkInterfaces"]
    assert "private" in json.dumps(card["SubnetId"])
    assert "WallsBastion" in json.dumps(card["GroupSet"])
    (card,) = machine(ground, **EXISTING)["NetworkInterfaces"]
    assert card["SubnetId"] == EXISTING["private_subnet_ids"][0]


def test_its_disk_is_encrypted_and_its_metadata_needs_a_token(ground: Ground) -> None:
    instance = machine(ground)
    assert [one["Ebs"]["Encrypted"] for one in instance["BlockDeviceMappings"]] == [True]
    assert instance["MetadataOptions"]["HttpTokens"] == "required"


@pytest.mark.parametrize(("kind", "processor"), [("t4g.nano", "arm64"), ("t3.micro", "x86_64")])
def test_its_system_fits_its_processor(ground: Ground, kind: str, processor: str) -> None:
    template = access(ground, bastion_instance=kind)
    images = [
        one["Default"]
        for one in template["Parameters"].values()
        if one["Type"] == "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>"
    ]
    assert [image.rpartition("-")[2] for image in images] == [processor]
    assert "al2023" in images[0]


def test_it_may_hold_a_session_and_nothing_else(ground: Ground) -> None:
    template = access(ground)
    (role,) = resources(template, "AWS::IAM::Role").values()
    assert "ManagedPolicyArns" not in role
    (policy,) = resources(template, "AWS::IAM::Policy").values()
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert set(statement["Action"]) == {
        "ssm:UpdateInstanceInformation",
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
    }


def test_the_outputs_that_scripts_read(ground: Ground) -> None:
    assert set(access(ground)["Outputs"]) == {"BastionId", "BastionZone"}
