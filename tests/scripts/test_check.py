"""deploy.sh check: what is missing is told, all of it, and nothing is changed."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from script_desk import ROOT, Desk

DENIED = "An error occurred (AccessDeniedException) when calling the X operation: User is not authorized"
SONNET = "anthropic.claude-sonnet-4-5-20250929-v1:0"
AVAILABILITY = {
    "modelId": SONNET,
    "agreementAvailability": {"status": "AVAILABLE"},
    "authorizationStatus": "AUTHORIZED",
    "entitlementAvailability": "AVAILABLE",
    "regionAvailability": "AVAILABLE",
}
MODEL_ANSWER = "bedrock/get-foundation-model-availability.anthropic_claude_sonnet_4_5_20250929_v1_0"
NOT_FOUND = "An error occurred (ResourceNotFoundException) when calling the X operation: not found"
GROUP = "sg-0123456789abcdef0"


def missing(desk: Desk, command: str = "check") -> str:
    """The one sentence on stderr of a command that must change nothing."""
    done = desk.run("deploy.sh", command)
    assert done.returncode == 1, done.stdout + done.stderr
    assert desk.changes == []
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr.strip()


def test_a_healthy_account_lacks_nothing(desk: Desk) -> None:
    done = desk.run("deploy.sh", "check")
    assert (done.returncode, done.stderr) == (0, "")
    assert "account 123456789012, region eu-west-1" in done.stdout
    assert f"access to the model global.{SONNET} in eu-west-1" in done.stdout
    assert "\x1b[" not in done.stdout
    assert desk.changes == []


def test_before_the_first_deployment_quotas_are_looked_at(desk: Desk) -> None:
    desk.nothing_deployed()
    done = desk.run("deploy.sh", "check")
    assert done.returncode == 0, done.stderr
    assert "quota of VPCs: 1 of 5 used, 1 needed" in done.stdout
    assert "quota of elastic IP addresses: 0 of 5 used, 1 needed" in done.stdout


def test_without_the_cli(desk: Desk) -> None:
    desk.without("aws")
    assert missing(desk).startswith("The AWS CLI is needed")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            "Unable to locate credentials. You can configure credentials by running",
            "No AWS credentials were found",
        ),
        (
            "An error occurred (ExpiredToken) when calling the GetCallerIdentity operation: expired",
            "The AWS credentials have expired",
        ),
        (
            "An error occurred (InvalidClientTokenId) when calling the GetCallerIdentity operation: invalid",
            "AWS refuses these credentials (InvalidClientTokenId",
        ),
    ],
)
def test_credentials_that_will_not_do(desk: Desk, error: str, sentence: str) -> None:
    desk.answer("sts/get-caller-identity", error)
    assert missing(desk).startswith(sentence)


@pytest.mark.parametrize(
    "command", ["deploy", "redeploy", "status", "configure", "destroy", "diff", "cleanup"]
)
def test_no_command_goes_on_without_credentials(desk: Desk, command: str) -> None:
    desk.answer(
        "sts/get-caller-identity", "Unable to locate credentials. You can configure credentials by running"
    )
    assert missing(desk, command).startswith("No AWS credentials were found")


def test_without_a_region(desk: Desk) -> None:
    del desk.environment["AWS_REGION"]
    desk.answer("configure/get", "")
    assert missing(desk).startswith("No AWS region is set")


@pytest.mark.parametrize("command", ["check", "deploy", "status_of_logs"])
def test_a_wrong_region(desk: Desk, command: str) -> None:
    desk.nothing_deployed()
    (desk.folder / "answers" / "s3api" / "list-buckets.json").unlink()
    desk.answer("s3api/get-bucket-location", {"LocationConstraint": "eu-central-1"})
    desk.answer(
        "s3api/get-bucket-tagging",
        {"TagSet": [{"Key": "aws:cloudformation:stack-name", "Value": "analyst-data"}]},
    )
    if command == "status_of_logs":
        done = desk.run("view_logs.sh", "all")
        assert (done.returncode, done.stderr.count("\n")) == (1, 1)
        assert "set AWS_REGION=eu-central-1" in done.stderr
        return
    assert "analyst is deployed in eu-central-1 and not in eu-west-1" in missing(desk, command)


@pytest.mark.parametrize(
    ("state", "advice"),
    [
        ("ROLLBACK_COMPLETE", "aws cloudformation delete-stack --stack-name analyst-data"),
        ("UPDATE_ROLLBACK_FAILED", "continue-update-rollback --stack-name analyst-data"),
        ("UPDATE_IN_PROGRESS", "wait until"),
        ("DELETE_FAILED", "run ./deploy.sh destroy again"),
    ],
)
@pytest.mark.parametrize("command", ["check", "deploy", "redeploy"])
def test_a_half_created_stack(desk: Desk, command: str, state: str, advice: str) -> None:
    desk.stack("analyst-data", state)
    sentence = missing(desk, command)
    assert sentence.startswith("The stack analyst-data ")
    assert f"({state})" in sentence
    assert advice in sentence


@pytest.mark.parametrize(
    ("name", "word"), [("Analyst", "name"), ("a" * 21, "name"), ("an_alyst", "name"), ("1analyst", "name")]
)
@pytest.mark.parametrize("script", [("deploy.sh", "deploy"), ("ssh_tunnel.sh",), ("view_logs.sh", "all")])
def test_a_bad_name(desk: Desk, script: tuple[str, ...], name: str, word: str) -> None:
    desk.options(name=name)
    done = desk.run(*script)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith(f"{word}: ")
    assert desk.calls("aws") == []


def test_an_options_file_is_laid_over(desk: Desk) -> None:
    (desk.folder / "own.json").write_text(json.dumps({"nane": "x"}))
    done = desk.run("deploy.sh", "--options", "own.json", "check")
    assert done.returncode == 2
    assert done.stderr.startswith("nane: ")
    missing_file = desk.run("deploy.sh", "--options", "none.json", "check")
    assert (missing_file.returncode, missing_file.stderr.count("\n")) == (2, 1)


# --- Bedrock


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"agreementAvailability": {"status": "NOT_AVAILABLE"}}, "has no access to the model"),
        ({"entitlementAvailability": "NOT_AVAILABLE"}, "has no access to the model"),
        ({"authorizationStatus": "NOT_AUTHORIZED"}, "may not use the model"),
        ({"regionAvailability": "NOT_AVAILABLE"}, "is not offered in eu-west-1"),
    ],
)
def test_a_model_without_access(desk: Desk, changed: dict[str, Any], words: str) -> None:
    desk.answer(MODEL_ANSWER, {**AVAILABILITY, **changed})
    sentence = missing(desk, "deploy")
    assert SONNET in sentence
    assert words in sentence


def test_model_access_is_asked_for_in_the_models_region(desk: Desk) -> None:
    desk.options(model_region="us-east-1", models={"sql": f"us.{SONNET}"})
    desk.run("deploy.sh", "check")
    assert {call[call.index("--region") + 1] for call in desk.calls("bedrock")} == {"us-east-1"}
    assert desk.calls("get-inference-profile", f"us.{SONNET}")
    assert desk.calls("get-foundation-model-availability", SONNET)


def test_a_model_that_does_not_exist(desk: Desk) -> None:
    desk.options(models={"sql": "acme.large-v1:0"})
    for call in ("get-foundation-model", "get-foundation-model-availability"):
        desk.answer(f"bedrock/{call}.acme_large_v1_0", NOT_FOUND)
    assert "The model acme.large-v1:0 is not offered in eu-west-1" in missing(desk)


def test_a_profile_that_does_not_exist(desk: Desk) -> None:
    desk.options(models={"sql": f"apac.{SONNET}"})
    desk.answer("bedrock/get-inference-profile", NOT_FOUND)
    assert f"The model apac.{SONNET} is not offered in eu-west-1" in missing(desk)


@pytest.mark.parametrize("profile", [f"global.{SONNET}", f"eu.{SONNET}"])
def test_a_profile_is_not_asked_whether_it_serves_by_its_own_id(desk: Desk, profile: str) -> None:
    desk.options(models={"sql": profile})
    done = desk.run("deploy.sh", "check")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"access to the model {profile} in eu-west-1" in done.stdout
    assert not [call for call in desk.calls("get-foundation-model") if SONNET in call]


def test_a_model_that_serves_by_its_own_id(desk: Desk) -> None:
    desk.options(models={"sql": "amazon.nova-pro-v1:0"})
    done = desk.run("deploy.sh", "check")
    assert (done.returncode, done.stderr) == (0, "")
    assert "access to the model amazon.nova-pro-v1:0 in eu-west-1" in done.stdout
    assert desk.calls("get-foundation-model", "amazon.nova-pro-v1:0")


def test_a_model_that_serves_through_profiles_only(desk: Desk) -> None:
    desk.options(models={"sql": SONNET})
    sentence = missing(desk, "deploy")
    assert sentence.startswith(
        f"Bedrock serves the model {SONNET} in eu-west-1 through an inference profile only"
    )
    assert sentence.endswith(f": eu.{SONNET}, global.{SONNET}.")


@pytest.mark.parametrize(
    ("region", "profiles"),
    [
        ("eu-west-1", ("eu", "global")),
        ("us-east-1", ("global", "us")),
        ("ap-northeast-1", ("apac", "global", "jp")),
        ("ap-south-1", ("apac", "global")),
        ("us-gov-west-1", ("us-gov",)),
        ("sa-east-1", ("global",)),
    ],
)
def test_profiles_that_may_not_be_listed_are_named_after_the_region(
    desk: Desk, region: str, profiles: tuple[str, ...]
) -> None:
    desk.environment["AWS_REGION"] = region
    desk.options(models={"sql": SONNET})
    desk.answer("bedrock/list-inference-profiles", DENIED)
    named = ", ".join(f"{geography}.{SONNET}" for geography in profiles)
    assert missing(desk).endswith(f": {named}.")


def test_a_model_that_serves_neither_way(desk: Desk) -> None:
    desk.options(models={"sql": SONNET})
    desk.answer("bedrock/list-inference-profiles", {"inferenceProfileSummaries": []})
    assert "neither by its own id nor through an inference profile" in missing(desk)


def test_the_scripts_know_the_same_profiles_as_the_stacks() -> None:
    from pieces.model_arns import PROFILE_GEOGRAPHIES

    script = (ROOT / "tools" / "shell" / "check.sh").read_text()
    named = re.search(r"is_profile\(\) \{.*?case \$1 in\n +(.*?) \| arn", script, re.DOTALL)
    assert named and named[1].split(" | ") == [f"{geography}.*" for geography in PROFILE_GEOGRAPHIES]


@pytest.mark.parametrize(
    "error", [DENIED, "aws: error: argument operation: Invalid choice, valid choices are:"]
)
def test_what_may_not_be_asked_is_a_warning(desk: Desk, error: str) -> None:
    desk.nothing_deployed()
    for name in (
        "bedrock/get-foundation-model",
        "bedrock/get-foundation-model-availability",
        "bedrock/list-foundation-models",
        "lambda/get-account-settings",
        "service-quotas/get-service-quota",
        "ssm/get-parameter.cdk_bootstrap_hnb659fds_version",
        "s3api/list-buckets",
    ):
        desk.answer(name, error)
    (desk.folder / "answers" / "s3api" / "list-buckets.json").unlink()
    done = desk.run("deploy.sh", "check")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("could not be checked") == 7


def test_a_listed_model_is_the_next_best_thing(desk: Desk) -> None:
    desk.answer("bedrock/get-foundation-model-availability", DENIED)
    done = desk.run("deploy.sh", "check")
    assert f"the model global.{SONNET} exists in eu-west-1; whether" in done.stdout


# --- quotas


def test_too_little_concurrency(desk: Desk) -> None:
    desk.nothing_deployed()
    desk.answer(
        "lambda/get-account-settings",
        {"AccountLimit": {"ConcurrentExecutions": 50, "UnreservedConcurrentExecutions": 50}},
    )
    sentence = missing(desk)
    assert "50 functions at once" in sentence
    assert "ask for at least 150" in sentence


def test_what_is_reserved_already_counts_as_ours(desk: Desk) -> None:
    limits = {"ConcurrentExecutions": 150, "UnreservedConcurrentExecutions": 100}
    desk.answer("lambda/get-account-settings", {"AccountLimit": limits})
    done = desk.run("deploy.sh", "check")
    assert done.returncode == 0, done.stderr
    assert "160 free, 50 to be reserved" in done.stdout


def test_no_room_for_another_vpc(desk: Desk) -> None:
    desk.nothing_deployed()
    desk.answer("ec2/describe-vpcs", {"Vpcs": [{"VpcId": f"vpc-{n}"} for n in range(5)]})
    assert "5 of 5 VPCs in eu-west-1" in missing(desk)


def test_several_things_are_all_told(desk: Desk) -> None:
    desk.answer(MODEL_ANSWER, {**AVAILABILITY, "regionAvailability": "NOT_AVAILABLE"})
    desk.stack("analyst-data", "ROLLBACK_COMPLETE")
    done = desk.run("deploy.sh", "deploy")
    assert done.stdout.count("  missing  ") == 2
    assert done.stderr.startswith("2 things are missing")
    assert desk.changes == []


# --- an existing network


def existing_network(desk: Desk, **more: Any) -> dict[str, Any]:
    """Options of an existing VPC, and EC2's answers about a good one."""
    source = {
        "name": "shop",
        "engine": "postgres",
        "address": "10.0.9.9:5432",
        "database": "shop",
        "secret_arn": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-AbCdEf",
        "security_group_id": GROUP,
    }
    desk.options(
        vpc_id="vpc-0123456789abcdef0",
        availability_zones=["eu-west-1a", "eu-west-1b"],
        private_subnet_ids=["subnet-0000000000000000a", "subnet-0000000000000000b"],
        isolated_subnet_ids=["subnet-0000000000000000c", "subnet-0000000000000000d"],
        sources=[source],
        **more,
    )
    network: dict[str, Any] = {
        "vpcs": {"Vpcs": [{"VpcId": "vpc-0123456789abcdef0", "CidrBlock": "10.0.0.0/16"}]},
        "subnets": {"Subnets": [subnet("a", "a"), subnet("b", "b"), subnet("c", "a"), subnet("d", "b")]},
        "route-tables": {"RouteTables": [table("nat-1", "a", "b"), table("", "c", "d")]},
        "vpc-endpoints": {"VpcEndpoints": []},
        "security-groups": {"SecurityGroups": [{"GroupId": GROUP, "VpcId": "vpc-0123456789abcdef0"}]},
        "security-group-rules": {"SecurityGroupRules": [rule("10.99.0.0/16")]},
    }
    for what, answer in network.items():
        desk.answer(f"ec2/describe-{what}", answer)
    return network


def subnet(letter: str, zone: str, vpc: str = "vpc-0123456789abcdef0") -> dict[str, Any]:
    return {
        "SubnetId": f"subnet-0000000000000000{letter}",
        "VpcId": vpc,
        "AvailabilityZone": f"eu-west-1{zone}",
        "AvailableIpAddressCount": 200,
    }


def table(target: str, *letters: str) -> dict[str, Any]:
    routes = [{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"}]
    key = "GatewayId" if target.startswith("igw") else "NatGatewayId"
    routes += [{"DestinationCidrBlock": "0.0.0.0/0", key: target, "State": "active"}] if target else []
    return {"Routes": routes, "Associations": [{"SubnetId": f"subnet-0000000000000000{x}"} for x in letters]}


def rule(cidr: str) -> dict[str, Any]:
    return {
        "GroupId": GROUP,
        "IsEgress": False,
        "IpProtocol": "tcp",
        "FromPort": 5432,
        "ToPort": 5432,
        "CidrIpv4": cidr,
    }


def test_a_good_existing_network(desk: Desk) -> None:
    existing_network(desk)
    done = desk.run("deploy.sh", "check")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "private subnets in eu-west-1a, eu-west-1b" in done.stdout
    assert "isolated subnets in eu-west-1a, eu-west-1b" in done.stdout
    assert "has room for the worker's rule" in done.stdout


@pytest.mark.parametrize(
    ("what", "answer", "words"),
    [
        ("vpcs", {"Vpcs": []}, "The VPC vpc-0123456789abcdef0 does not exist"),
        (
            "subnets",
            {"Subnets": [subnet("a", "a"), subnet("c", "a"), subnet("d", "b")]},
            "The subnet subnet-0000000000000000b (private_subnet_ids) does not exist",
        ),
        (
            "subnets",
            {"Subnets": [subnet("a", "a"), subnet("b", "b", "vpc-9"), subnet("c", "a"), subnet("d", "b")]},
            "belongs to vpc-9 and not to vpc-0123456789abcdef0",
        ),
        (
            "subnets",
            {"Subnets": [subnet("a", "a"), subnet("b", "b"), subnet("c", "a"), subnet("d", "a")]},
            "lie in one zone only (eu-west-1a)",
        ),
        (
            "route-tables",
            {"RouteTables": [table("igw-1", "a"), table("nat-1", "b"), table("", "c", "d")]},
            "leads straight to the internet (igw-1)",
        ),
        (
            "route-tables",
            {"RouteTables": [table("nat-1", "a", "b"), table("igw-1", "c"), table("", "d")]},
            "(isolated_subnet_ids) is open to the internet (igw-1)",
        ),
        (
            "route-tables",
            {"RouteTables": [table("", "a", "b", "c", "d")]},
            "lacks endpoints for bedrock-runtime",
        ),
        (
            "security-groups",
            {"SecurityGroups": []},
            f"The security group {GROUP} of the source shop does not exist",
        ),
        (
            "security-group-rules",
            {"SecurityGroupRules": [rule("10.0.0.0/8")]},
            "already lets 10.0.0.0/8 in on port 5432, which overlaps",
        ),
        (
            "security-group-rules",
            {"SecurityGroupRules": [rule("10.99.0.0/16")] * 60},
            "holds 60 inbound rules and has no room",
        ),
        (
            "vpc-endpoints",
            {
                "VpcEndpoints": [
                    {
                        "VpcEndpointId": "vpce-1",
                        "ServiceName": "com.amazonaws.eu-west-1.execute-api",
                        "PrivateDnsEnabled": True,
                        "State": "available",
                    }
                ]
            },
            "set existing_endpoints to true and api_endpoint_id to it",
        ),
    ],
)
def test_an_existing_network_that_will_not_do(desk: Desk, what: str, answer: Any, words: str) -> None:
    existing_network(desk)
    desk.answer(f"ec2/describe-{what}", answer)
    done = desk.run("deploy.sh", "deploy")
    assert done.returncode == 1
    assert words in done.stdout
    assert desk.changes == []


def test_endpoints_stand_in_for_a_way_out(desk: Desk) -> None:
    existing_network(desk)
    needed = [
        "bedrock-runtime",
        "ecr.api",
        "ecr.dkr",
        "lambda",
        "logs",
        "s3",
        "secretsmanager",
        "ssm",
        "ssmmessages",
        "sts",
        "xray",
    ]
    endpoints = [
        {"ServiceName": f"com.amazonaws.eu-west-1.{name}", "State": "available", "VpcEndpointId": "v"}
        for name in needed
    ]
    desk.answer("ec2/describe-route-tables", {"RouteTables": [table("", "a", "b", "c", "d")]})
    desk.answer("ec2/describe-vpc-endpoints", {"VpcEndpoints": endpoints})
    done = desk.run("deploy.sh", "check")
    assert done.returncode == 0, done.stderr
    assert "reach AWS through endpoints" in done.stdout
