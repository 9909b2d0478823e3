"""New and existing networks: what is made, and above all what is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from synthesis import (
    ANALYSTS,
    CALLS,
    ENDPOINTS,
    EXISTING,
    HOUSE,
    LAKE,
    LEDGER,
    WAREHOUSE,
    Templates,
    resources,
)

Ground = Callable[..., Templates]
API_ENDPOINT = "vpce-0123456789abcdef0"
ALWAYS = {"execute-api", "lambda", "secretsmanager", "ssm", "logs", "xray", "sts", "ecr.api", "ecr.dkr"}


def network(ground: Ground, options: Mapping[str, Any]) -> Mapping[str, Any]:
    return ground(**options)["analyst-network"]


def kinds(template: Mapping[str, Any]) -> Counter[str]:
    return Counter(one["Type"].removeprefix("AWS::") for one in template["Resources"].values())


def services(template: Mapping[str, Any], kind: str) -> set[str]:
    found = resources(template, "AWS::EC2::VPCEndpoint").values()
    return {_service(one["ServiceName"]) for one in found if one["VpcEndpointType"] == kind}


def _service(name: Any) -> str:
    return str(name["Fn::Join"][1][-1]).strip(".")


def test_a_new_network_has_two_zones_of_three_kinds(ground: Ground) -> None:
    template = network(ground, {})
    names = Counter(
        tag["Value"]
        for one in resources(template, "AWS::EC2::Subnet").values()
        for tag in one["Tags"]
        if tag["Key"] == "aws-cdk:subnet-name"
    )
    assert names == {"public": 2, "private": 2, "isolated": 2}


@pytest.mark.parametrize("options", [{}, {"nat_gateways": 2}], ids=["one", "two"])
def test_only_nat_has_a_public_address(ground: Ground, options: Mapping[str, Any]) -> None:
    template = network(ground, options)
    gateways = resources(template, "AWS::EC2::NatGateway")
    addresses = set(resources(template, "AWS::EC2::EIP"))
    assert len(gateways) == options.get("nat_gateways", 1)
    assert {one["AllocationId"]["Fn::GetAtt"][0] for one in gateways.values()} == addresses
    assert {one["MapPublicIpOnLaunch"] for one in resources(template, "AWS::EC2::Subnet").values()} == {False}


def test_the_isolated_subnets_have_no_way_out(ground: Ground) -> None:
    template = network(ground, {})
    routed = {one["RouteTableId"]["Ref"] for one in resources(template, "AWS::EC2::Route").values()}
    assert routed
    assert not [table for table in routed if "isolated" in table]


def test_with_endpoints_there_is_no_way_to_the_internet(ground: Ground) -> None:
    found = kinds(network(ground, ENDPOINTS))
    for kind in ("EC2::NatGateway", "EC2::InternetGateway", "EC2::EIP", "EC2::Route"):
        assert found[kind] == 0, kind
    assert found["EC2::Subnet"] == 4


@pytest.mark.parametrize(
    ("options", "more"),
    [
        ({}, {"ssmmessages", "bedrock-runtime"}),
        ({"bastion": False}, {"bedrock-runtime"}),
        ({"embedder": "minilm"}, {"ssmmessages"}),
        ({"bedrock_endpoint_url": "https://bedrock.example.com"}, {"ssmmessages"}),
        ({"sources": [LAKE]}, {"ssmmessages", "bedrock-runtime", "athena", "glue"}),
        ({"sources": [{**LAKE, "catalog": "dynamo"}]}, {"ssmmessages", "bedrock-runtime", "athena"}),
        ({"sources": [CALLS]}, {"ssmmessages", "bedrock-runtime", "redshift-data"}),
        ({"sources": [HOUSE]}, {"ssmmessages", "bedrock-runtime", "redshift"}),
        ({"sources": [ANALYSTS]}, {"ssmmessages", "bedrock-runtime", "redshift-serverless"}),
        ({"sources": [LEDGER, WAREHOUSE]}, {"ssmmessages", "bedrock-runtime"}),
    ],
    ids=[
        *("default", "no bastion", "minilm", "own bedrock", "athena", "federated"),
        *("data api", "cluster", "workgroup", "logins without a call"),
    ],
)
def test_only_the_endpoints_that_the_options_need(
    ground: Ground, options: Mapping[str, Any], more: set[str]
) -> None:
    template = network(ground, {**ENDPOINTS, **options})
    assert services(template, "Interface") == ALWAYS | more
    assert services(template, "Gateway") == {"s3"}


def test_with_nat_only_the_private_api_has_an_endpoint(ground: Ground) -> None:
    template = network(ground, {})
    assert services(template, "Interface") == {"execute-api"}
    assert services(template, "Gateway") == {"s3"}


def test_every_endpoint_stands_behind_its_wall_in_the_private_subnets(ground: Ground) -> None:
    template = network(ground, ENDPOINTS)
    for one in resources(template, "AWS::EC2::VPCEndpoint").values():
        if one["VpcEndpointType"] == "Interface":
            assert [each["Fn::GetAtt"][0][:14] for each in one["SecurityGroupIds"]] == ["WallsEndpoints"]
            assert all("private" in each["Ref"] for each in one["SubnetIds"])
            assert one["PrivateDnsEnabled"] is True


def test_in_an_existing_network_only_walls_and_the_api_endpoint_are_made(ground: Ground) -> None:
    template = network(ground, EXISTING)
    made = kinds(template)
    assert set(made) <= {
        "EC2::SecurityGroup",
        "EC2::SecurityGroupIngress",
        "EC2::SecurityGroupEgress",
        "EC2::VPCEndpoint",
    }
    assert services(template, "Interface") == {"execute-api"}
    (endpoint,) = resources(template, "AWS::EC2::VPCEndpoint").values()
    assert endpoint["SubnetIds"] == EXISTING["private_subnet_ids"]
    # Its names would shadow other APIs for everybody else in that network.
    assert endpoint["PrivateDnsEnabled"] is False
    groups = resources(template, "AWS::EC2::SecurityGroup").values()
    assert {one["VpcId"] for one in groups} == {EXISTING["vpc_id"]}


def test_an_existing_api_endpoint_is_taken_as_it_is(ground: Ground) -> None:
    template = network(ground, {**EXISTING, "existing_endpoints": True, "api_endpoint_id": API_ENDPOINT})
    assert kinds(template)["EC2::VPCEndpoint"] == 0


def test_the_database_lies_in_the_existing_isolated_subnets(ground: Ground) -> None:
    (group,) = resources(ground(**EXISTING)["analyst-data"], "AWS::RDS::DBSubnetGroup").values()
    assert group["SubnetIds"] == EXISTING["isolated_subnet_ids"]


def test_the_flow_log_is_found_by_its_name_and_forgets(ground: Ground) -> None:
    template = network(ground, {"log_days": 90})
    (group,) = resources(template, "AWS::Logs::LogGroup").values()
    assert group == {"LogGroupName": "/analyst/flow", "RetentionInDays": 90}
    (log,) = resources(template, "AWS::EC2::FlowLog").values()
    assert log["TrafficType"] == "ALL"


def test_the_outputs_that_scripts_read(ground: Ground) -> None:
    for options, value in (({}, {"Ref": "Vpc8378EB38"}), (EXISTING, EXISTING["vpc_id"])):
        assert network(ground, options)["Outputs"]["VpcId"]["Value"] == value
