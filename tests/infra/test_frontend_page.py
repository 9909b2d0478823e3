"""The page's service: a container that can do little, behind a load balancer that nobody outside reaches."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from synthesis import OIDC, Template, Templates, resources

from analyst.aws.parameters import overlay

Synthesize = Callable[..., Templates]
DOCKERFILE = Path(__file__).parents[2] / "streamlit" / "Dockerfile"
CERTIFICATE = OIDC["certificate_arn"]


@pytest.fixture(scope="module")
def frontend(synthesize: Synthesize) -> Template:
    return synthesize()["analyst-frontend"]


def only(template: Template, kind: str) -> Any:
    (found,) = resources(template, kind).values()
    return found


def container(template: Template) -> Any:
    (found,) = only(template, "AWS::ECS::TaskDefinition")["ContainerDefinitions"]
    return found


def attributes(template: Template, kind: str) -> dict[str, str]:
    found = only(template, f"AWS::ElasticLoadBalancingV2::{kind}")[f"{kind}Attributes"]
    return {one["Key"]: one["Value"] for one in found}


def rights(template: Template, role: Any) -> dict[str, Any]:
    found = resources(template, "AWS::IAM::Role")[role["Fn::GetAtt"][0]]
    policies = found.get("Policies", [])
    return {one["Sid"]: one for each in policies for one in each["PolicyDocument"]["Statement"]}


# --- the container


def test_it_has_no_root_and_writes_to_two_volumes_only(frontend: Template) -> None:
    page = container(frontend)
    assert page["User"] == "10001:10001"
    assert page["ReadonlyRootFilesystem"] is True
    assert "Privileged" not in page
    assert page["LinuxParameters"]["Capabilities"] == {"Drop": ["ALL"]}
    writable = {
        one["ContainerPath"]: one["SourceVolume"] for one in page["MountPoints"] if not one["ReadOnly"]
    }
    assert writable == {"/tmp": "tmp", "/home/analyst": "home"}
    volumes = {one["Name"] for one in only(frontend, "AWS::ECS::TaskDefinition")["Volumes"]}
    assert volumes == {"tmp", "home"}


def test_it_is_told_the_api_and_given_the_key_as_a_secret(frontend: Template) -> None:
    page = container(frontend)
    environment = {one["Name"]: one["Value"] for one in page["Environment"]}
    assert set(environment) == {"ANALYST_API_URL", "ANALYST_ENTRANCE", "HOME"}
    assert environment["ANALYST_ENTRANCE"] == "aws"
    assert environment["HOME"] == "/home/analyst"
    assert environment["ANALYST_API_URL"]["Fn::Join"][1][-1] == "/v1"
    assert [one["Name"] for one in page["Secrets"]] == ["ANALYST_API_KEY"]


def test_image_and_service_agree_on_port_user_and_folders(frontend: Template) -> None:
    image, page = DOCKERFILE.read_text(encoding="utf-8"), container(frontend)
    (mapping,) = page["PortMappings"]
    assert re.findall(r"^EXPOSE (\d+)$", image, re.MULTILINE) == [str(mapping["ContainerPort"])]
    assert re.findall(r"^USER (\S+)$", image, re.MULTILINE)[-1] == page["User"]
    (declared,) = re.findall(r"^VOLUME (.+)$", image, re.MULTILINE)
    assert all(f'"{one["ContainerPath"]}"' in declared for one in page["MountPoints"])


def test_the_container_is_asked_whether_it_is_well(frontend: Template) -> None:
    page = container(frontend)
    port = page["PortMappings"][0]["ContainerPort"]
    command = page["HealthCheck"]["Command"]
    assert command[:3] == ["CMD", "python", "-c"]
    compile(command[3], "health", "exec")
    assert f"http://127.0.0.1:{port}/_stcore/health" in command[3]


def test_the_page_itself_may_do_nothing(frontend: Template) -> None:
    task = only(frontend, "AWS::ECS::TaskDefinition")
    assert rights(frontend, task["TaskRoleArn"]) == {}
    starting = rights(frontend, task["ExecutionRoleArn"])
    assert set(starting) == {"SignInToRegistry", "PullImage", "ReadApiKey", "WriteLog"}
    assert [sid for sid, one in starting.items() if one["Resource"] == "*"] == ["SignInToRegistry"]


def test_an_image_of_ones_own_is_pulled_from_its_repository_only(synthesize: Synthesize) -> None:
    uri = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/pages/analyst:1"
    template = synthesize(ui_image_uri=uri)["analyst-frontend"]
    assert container(template)["Image"] == uri
    pull = rights(template, only(template, "AWS::ECS::TaskDefinition")["ExecutionRoleArn"])["PullImage"]
    assert str(pull["Resource"]).endswith("':ecr:eu-central-1:123456789012:repository/pages/analyst']]}")


def test_an_image_that_is_not_in_ecr_needs_no_right_on_ecr(synthesize: Synthesize) -> None:
    template = synthesize(ui_image_uri="registry.example.com/page:1")["analyst-frontend"]
    assert container(template)["Image"] == "registry.example.com/page:1"
    found = rights(template, only(template, "AWS::ECS::TaskDefinition")["ExecutionRoleArn"])
    assert set(found) == {"ReadApiKey", "WriteLog"}


def test_processor_and_size_follow_the_options(synthesize: Synthesize) -> None:
    template = synthesize(architecture="x86_64", ui_cpu=1024, ui_memory_mb=2048)["analyst-frontend"]
    task = only(template, "AWS::ECS::TaskDefinition")
    assert task["RuntimePlatform"]["CpuArchitecture"] == "X86_64"
    assert (task["Cpu"], task["Memory"]) == ("1024", "2048")


# --- the service


def test_tasks_stand_in_private_subnets_and_a_failed_deployment_is_taken_back(frontend: Template) -> None:
    service = only(frontend, "AWS::ECS::Service")
    placed = service["NetworkConfiguration"]["AwsvpcConfiguration"]
    assert placed["AssignPublicIp"] == "DISABLED"
    assert all("private" in str(subnet) for subnet in placed["Subnets"])
    assert "WallsPage" in str(placed["SecurityGroups"])
    settings = service["DeploymentConfiguration"]
    assert settings["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}
    assert (settings["MinimumHealthyPercent"], settings["MaximumPercent"]) == (100, 200)
    assert "DesiredCount" not in service


def test_tasks_follow_the_load(synthesize: Synthesize) -> None:
    template = synthesize(ui_tasks_min=2, ui_tasks_max=4)["analyst-frontend"]
    target = only(template, "AWS::ApplicationAutoScaling::ScalableTarget")
    assert (target["MinCapacity"], target["MaxCapacity"]) == (2, 4)
    policies = resources(template, "AWS::ApplicationAutoScaling::ScalingPolicy").values()
    measured = {
        one["TargetTrackingScalingPolicyConfiguration"]["PredefinedMetricSpecification"][
            "PredefinedMetricType"
        ]
        for one in policies
    }
    assert measured == {
        "ECSServiceAverageCPUUtilization",
        "ECSServiceAverageMemoryUtilization",
        "ALBRequestCountPerTarget",
    }


# --- the load balancer


def test_the_load_balancer_is_internal_and_patient(frontend: Template) -> None:
    balancer = only(frontend, "AWS::ElasticLoadBalancingV2::LoadBalancer")
    assert balancer["Scheme"] == "internal"
    assert all("private" in str(subnet) for subnet in balancer["Subnets"])
    assert "WallsBalancer" in str(balancer["SecurityGroups"])
    found = attributes(frontend, "LoadBalancer")
    assert int(found["idle_timeout.timeout_seconds"]) > 60
    assert found["routing.http.drop_invalid_header_fields.enabled"] == "true"


def test_a_browser_stays_at_its_task(frontend: Template) -> None:
    targets = only(frontend, "AWS::ElasticLoadBalancingV2::TargetGroup")
    assert targets["HealthCheckPath"] == "/_stcore/health"
    assert targets["Port"] == container(frontend)["PortMappings"][0]["ContainerPort"]
    found = attributes(frontend, "TargetGroup")
    assert found["stickiness.enabled"] == "true"
    assert found["deregistration_delay.timeout_seconds"] == "30"


def test_without_certificate_it_speaks_http(frontend: Template) -> None:
    listener = only(frontend, "AWS::ElasticLoadBalancingV2::Listener")
    assert (listener["Port"], listener["Protocol"]) == (80, "HTTP")
    assert frontend["Outputs"]["PageUrl"]["Value"]["Fn::Join"][1][0] == "http://"


def test_with_certificate_it_speaks_https(synthesize: Synthesize) -> None:
    template = synthesize(certificate_arn=CERTIFICATE, ui_domain="ask.example.com")["analyst-frontend"]
    listener = only(template, "AWS::ElasticLoadBalancingV2::Listener")
    assert (listener["Port"], listener["Protocol"]) == (443, "HTTPS")
    assert listener["Certificates"] == [{"CertificateArn": CERTIFICATE}]
    assert "TLS13" in listener["SslPolicy"]
    assert template["Outputs"]["PageUrl"]["Value"] == "https://ask.example.com"


def test_people_sign_in_before_anything_is_shown(synthesize: Synthesize) -> None:
    template = synthesize(**OIDC)["analyst-frontend"]
    listener = only(template, "AWS::ElasticLoadBalancingV2::Listener")
    first, then = listener["DefaultActions"]
    assert first["Type"] == "authenticate-oidc" and first["Order"] < then["Order"]
    assert then["Type"] == "forward"
    config = first["AuthenticateOidcConfig"]
    assert config["Issuer"] == OIDC["oidc_issuer"]
    assert (
        config["ClientSecret"]
        == f"{{{{resolve:secretsmanager:{OIDC['oidc_client_secret_arn']}:SecretString:::}}}}"
    )


def test_the_page_knows_that_people_have_signed_in(synthesize: Synthesize) -> None:
    page = container(synthesize(**OIDC)["analyst-frontend"])
    assert {"Name": "ANALYST_ENTRANCE", "Value": "oidc"} in page["Environment"]


def test_people_sign_in_anew_when_their_token_ends(synthesize: Synthesize) -> None:
    template = synthesize(**OIDC, token_hours=3)["analyst-frontend"]
    first, _ = only(template, "AWS::ElasticLoadBalancingV2::Listener")["DefaultActions"]
    assert int(first["AuthenticateOidcConfig"]["SessionTimeout"]) == 3 * 60 * 60


def test_only_this_load_balancer_is_believed(synthesize: Synthesize) -> None:
    template = synthesize(**OIDC)["analyst-frontend"]
    parameter = only(template, "AWS::SSM::Parameter")
    (balancer,) = resources(template, "AWS::ElasticLoadBalancingV2::LoadBalancer")
    assert parameter["Name"] == "/analyst/entrance"
    between, parts = parameter["Value"]["Fn::Join"]
    arn = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/a/0a1b"
    assert parts[1] == {"Ref": balancer}
    written = json.loads(between.join(arn if isinstance(part, dict) else part for part in parts))
    assert overlay({"entrance": written}) == {"oidc_signer": arn}


def test_nobody_is_told_of_a_load_balancer_that_signs_nothing(frontend: Template) -> None:
    assert resources(frontend, "AWS::SSM::Parameter") == {}


@pytest.mark.parametrize("options", [{}, OIDC])
def test_no_rule_between_security_groups_is_made_here(
    synthesize: Synthesize, options: dict[str, Any]
) -> None:
    kinds = {one["Type"] for one in synthesize(**options)["analyst-frontend"]["Resources"].values()}
    assert not {kind for kind in kinds if "SecurityGroup" in kind}


def test_outputs(frontend: Template) -> None:
    keys = {key for key in frontend["Outputs"] if not key.startswith("Export")}
    assert keys == {"PageUrl", "LoadBalancerDns", "ClusterName", "ServiceName"}
