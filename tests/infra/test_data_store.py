"""What is stored is encrypted, alone, kept as long as asked and no longer."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from synthesis import ENDPOINTS, EXISTING, Templates, resources

Ground = Callable[..., Templates]


def data(ground: Ground, **options: Any) -> Mapping[str, Any]:
    return ground(**options)["analyst-data"]


def only(template: Mapping[str, Any], kind: str) -> Any:
    (one,) = resources(template, kind).values()
    return one


def whole(template: Mapping[str, Any], kind: str) -> Any:
    (one,) = (each for each in template["Resources"].values() if each["Type"] == kind)
    return one


def parameters(ground: Ground, **options: Any) -> Any:
    return only(data(ground, **options), "AWS::RDS::DBParameterGroup")["Parameters"]


def test_the_database_is_private_encrypted_and_backed_up(ground: Ground) -> None:
    instance = only(data(ground), "AWS::RDS::DBInstance")
    assert instance["PubliclyAccessible"] is False
    assert instance["StorageEncrypted"] is True
    assert instance["DeletionProtection"] is True
    assert instance["BackupRetentionPeriod"] == 7
    assert instance["CopyTagsToSnapshot"] is True
    assert instance["Engine"] == "postgres"
    assert instance["DBInstanceClass"] == "db.t4g.small"
    assert len(instance["VPCSecurityGroups"]) == 1


def test_a_snapshot_is_left_whenever_the_database_goes(ground: Ground) -> None:
    for options in ({}, {"database_deletion_protection": False}):
        instance = whole(data(ground, **options), "AWS::RDS::DBInstance")
        assert (instance["DeletionPolicy"], instance["UpdateReplacePolicy"]) == ("Snapshot", "Snapshot")


def test_the_database_takes_its_size_from_the_options(ground: Ground) -> None:
    instance = only(
        data(
            ground,
            database_multi_az=True,
            database_instance="m7g.large",
            database_storage_gb=50,
            database_backup_days=30,
            database_deletion_protection=False,
        ),
        "AWS::RDS::DBInstance",
    )
    assert instance["MultiAZ"] is True
    assert instance["DBInstanceClass"] == "db.m7g.large"
    assert (instance["AllocatedStorage"], instance["MaxAllocatedStorage"]) == ("50", 500)
    assert instance["BackupRetentionPeriod"] == 30
    assert instance["DeletionProtection"] is False


def test_nobody_types_the_password(ground: Ground) -> None:
    template = data(ground)
    generated = only(template, "AWS::SecretsManager::Secret")["GenerateSecretString"]
    assert generated["PasswordLength"] >= 30
    # These would need escaping in a connection URL.
    assert set("/@:#?%&\"' ") <= set(generated["ExcludeCharacters"])
    password = json.dumps(only(template, "AWS::RDS::DBInstance")["MasterUserPassword"])
    assert "{{resolve:secretsmanager:" in password


@pytest.mark.parametrize(("tls", "forced"), [("require", "1"), ("prefer", "0"), ("disable", "0")])
def test_the_database_insists_on_tls_where_the_option_does(ground: Ground, tls: str, forced: str) -> None:
    assert parameters(ground, database_tls=tls)["rds.force_ssl"] == forced


def test_the_database_accepts_as_many_connections_as_the_check_counts_on(ground: Ground) -> None:
    assert parameters(ground, database_max_connections=200)["max_connections"] == "200"


def test_no_question_and_no_row_gets_into_the_databases_log(ground: Ground) -> None:
    found = parameters(ground)
    assert found["log_statement"] == "none"
    assert found["log_min_duration_statement"] == "-1"
    assert found["log_min_error_statement"] == "panic"
    assert found["log_error_verbosity"] == "terse"


def test_the_databases_log_is_made_before_it_and_forgets(ground: Ground) -> None:
    template = data(ground, log_days=14)
    instance = whole(template, "AWS::RDS::DBInstance")
    assert instance["Properties"]["EnableCloudwatchLogsExports"] == ["postgresql"]
    name = f"/aws/rds/instance/{instance['Properties']['DBInstanceIdentifier']}/postgresql"
    groups = resources(template, "AWS::Logs::LogGroup")
    (group,) = (key for key, one in groups.items() if one["LogGroupName"] == name)
    assert groups[group]["RetentionInDays"] == 14
    assert group in instance["DependsOn"]


def test_the_password_changes_by_itself(ground: Ground) -> None:
    template = data(ground, database_rotation_days=45)
    schedule = only(template, "AWS::SecretsManager::RotationSchedule")
    assert schedule["RotationRules"]["ScheduleExpression"] == "rate(45 days)"
    hosted = schedule["HostedRotationLambda"]
    assert hosted["RotationType"] == "PostgreSQLSingleUser"
    # The isolated subnets do not reach Secrets Manager, the private ones do.
    assert "private" in json.dumps(hosted["VpcSubnetIds"])
    assert "WallsRotation" in json.dumps(hosted["VpcSecurityGroupIds"])
    secret = only(template, "AWS::SecretsManager::Secret")["GenerateSecretString"]
    assert hosted["ExcludeCharacters"] == secret["ExcludeCharacters"]
    names = {one["LogGroupName"] for one in resources(template, "AWS::Logs::LogGroup").values()}
    assert f"/aws/lambda/{hosted['RotationLambdaName']}" in names


def test_without_rotation_nothing_of_it_is_left(ground: Ground) -> None:
    templates = ground(database_rotation_days=0)
    assert "Transform" not in templates["analyst-data"]
    assert "otation" not in json.dumps(templates)


def test_the_proxy_shares_connections_and_keeps_to_tls(ground: Ground) -> None:
    template = data(ground, database_proxy=True)
    proxy = only(template, "AWS::RDS::DBProxy")
    assert proxy["RequireTLS"] is True
    assert proxy["DebugLogging"] is False
    assert "isolated" in json.dumps(proxy["VpcSubnetIds"])
    assert "WallsProxy" in json.dumps(proxy["VpcSecurityGroupIds"])
    pool = only(template, "AWS::RDS::DBProxyTargetGroup")["ConnectionPoolConfigurationInfo"]
    assert pool["MaxConnectionsPercent"] == 80
    (policy,) = resources(template, "AWS::IAM::Policy").values()
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert sorted(statement["Action"]) == ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
    assert statement["Resource"] == template["Outputs"]["DatabaseSecretArn"]["Value"]


def test_without_a_proxy_there_is_no_role_at_all(ground: Ground) -> None:
    template = data(ground)
    assert resources(template, "AWS::RDS::DBProxy") == {}
    assert resources(template, "AWS::IAM::Role") == {}


def test_both_buckets_are_closed_encrypted_and_tls_only(ground: Ground) -> None:
    template = data(ground)
    buckets = resources(template, "AWS::S3::Bucket")
    assert len(buckets) == 2
    for one in buckets.values():
        assert set(one["PublicAccessBlockConfiguration"].values()) == {True}
        assert one["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert one["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    policies = resources(template, "AWS::S3::BucketPolicy").values()
    assert {one["Bucket"]["Ref"] for one in policies} == set(buckets)
    for policy in policies:
        denied = [one for one in policy["PolicyDocument"]["Statement"] if one["Effect"] == "Deny"]
        assert {"Bool": {"aws:SecureTransport": "false"}} in [one["Condition"] for one in denied]


def test_what_the_bucket_keeps_and_for_how_long(ground: Ground) -> None:
    template = data(ground, keep_results_days=3)
    bucket = bucket_of(template)
    found = {rule.get("Prefix", ""): rule for rule in bucket["LifecycleConfiguration"]["Rules"]}
    for prefix in ("results/", "exports/", "athena/"):
        assert found[prefix]["ExpirationInDays"] == 3
        assert found[prefix]["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}
    assert "ExpirationInDays" not in found["configuration/"]
    assert found[""]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
    assert "ExpirationInDays" not in found[""]
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}


def bucket_of(template: Mapping[str, Any]) -> Any:
    name = template["Outputs"]["BucketName"]["Value"]["Ref"]
    return template["Resources"][name]["Properties"]


def test_who_reads_what_is_logged_and_the_log_forgets(ground: Ground) -> None:
    template = data(ground, log_days=60)
    log = bucket_of(template)["LoggingConfiguration"]["DestinationBucketName"]["Ref"]
    (rule,) = template["Resources"][log]["Properties"]["LifecycleConfiguration"]["Rules"]
    assert rule["ExpirationInDays"] == 60
    assert template["Resources"][log]["DeletionPolicy"] == "Retain"


def test_athena_writes_only_where_it_may_and_stops_at_the_limit(ground: Ground) -> None:
    workgroup = only(data(ground, athena_cutoff_gb=5), "AWS::Athena::WorkGroup")
    settings = workgroup["WorkGroupConfiguration"]
    assert workgroup["Name"] == "analyst"
    assert settings["EnforceWorkGroupConfiguration"] is True
    assert settings["BytesScannedCutoffPerQuery"] == 5 * 10**9
    assert settings["ResultConfiguration"]["OutputLocation"]["Fn::Join"][1][-1] == "/athena/"
    assert settings["ResultConfiguration"]["EncryptionConfiguration"] == {"EncryptionOption": "SSE_S3"}


@pytest.mark.parametrize("options", [{}, ENDPOINTS, EXISTING], ids=["default", "endpoints", "existing"])
def test_the_outputs_that_scripts_read(ground: Ground, options: Mapping[str, Any]) -> None:
    outputs = data(ground, **options)["Outputs"]
    wanted = {"DatabaseSecretArn", "DatabaseId", "DatabaseAddress", "BucketName", "WorkgroupName"}
    assert wanted <= set(outputs)
    assert {key for key in outputs if not key.startswith("ExportsOutput")} == wanted
