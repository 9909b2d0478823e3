"""What is stored: the product's own Postgres, the bucket for results and configuration, and Athena's workgroup."""

from __future__ import annotations

from typing import Any

from aws_cdk import CfnOutput, Duration, RemovalPolicy, Stack
from aws_cdk import aws_athena as athena
from aws_cdk import aws_rds as rds
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from deployment import Deployment
from pieces.database import Database
from pieces.walls import POSTGRES
from stacks.network import NetworkStack

GIGABYTE = 10**9


class DataStack(Stack):
    """Nothing in it can be reached but through the network's walls and by the roles that are granted it."""

    def __init__(
        self, scope: Construct, id: str, *, deployment: Deployment, network: NetworkStack, **kwargs: Any
    ) -> None:
        super().__init__(scope, id, description=f"{deployment.name}: data", **kwargs)
        kept = Database(self, "Database", deployment=deployment, network=network)
        self.database: rds.DatabaseInstance = kept.instance
        self.proxy: rds.DatabaseProxy | None = kept.proxy
        self.secret: secretsmanager.ISecret = kept.secret
        self.proxy_address = f"{self.proxy.endpoint}:{POSTGRES}" if self.proxy else ""
        self.bucket = self._bucket(deployment)
        self.workgroup = deployment.name
        self._workgroup(deployment)
        CfnOutput(self, "DatabaseSecretArn", value=self.secret.secret_arn)
        CfnOutput(self, "DatabaseId", value=self.database.instance_identifier)
        CfnOutput(self, "DatabaseAddress", value=self.database.db_instance_endpoint_address)
        CfnOutput(self, "BucketName", value=self.bucket.bucket_name)
        CfnOutput(self, "WorkgroupName", value=self.workgroup)

    def _bucket(self, deployment: Deployment) -> s3.Bucket:
        days = Duration.days(deployment.keep_results_days)
        bucket = s3.Bucket(
            self,
            "Bucket",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            # For configuration/: what was changed by mistake can be taken back.
            versioned=True,
            server_access_logs_bucket=self._access_logs(deployment),
            lifecycle_rules=[
                *(_expires(prefix, days) for prefix in ("results", "exports", "athena")),
                s3.LifecycleRule(
                    id="old-versions",
                    prefix="configuration/",
                    noncurrent_version_expiration=Duration.days(90),
                ),
                s3.LifecycleRule(
                    id="left-behind",
                    abort_incomplete_multipart_upload_after=Duration.days(1),
                    expired_object_delete_marker=True,
                ),
            ],
            # `deploy.sh destroy` empties it first, having asked.
            removal_policy=RemovalPolicy.DESTROY,
        )
        return bucket

    def _access_logs(self, deployment: Deployment) -> s3.Bucket:
        """Who read which result; outlives the deployment, for lines still arrive after it is gone."""
        bucket = s3.Bucket(
            self,
            "AccessLogs",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            lifecycle_rules=[s3.LifecycleRule(id="old", expiration=Duration.days(deployment.log_days))],
            removal_policy=RemovalPolicy.RETAIN,
        )
        return bucket

    def _workgroup(self, deployment: Deployment) -> None:
        settings = athena.CfnWorkGroup.WorkGroupConfigurationProperty(
            enforce_work_group_configuration=True,
            publish_cloud_watch_metrics_enabled=True,
            bytes_scanned_cutoff_per_query=deployment.athena_cutoff_gb * GIGABYTE,
            result_configuration=athena.CfnWorkGroup.ResultConfigurationProperty(
                output_location=f"s3://{self.bucket.bucket_name}/athena/",
                encryption_configuration=athena.CfnWorkGroup.EncryptionConfigurationProperty(
                    encryption_option="SSE_S3"
                ),
            ),
        )
        athena.CfnWorkGroup(
            self,
            "Workgroup",
            name=self.workgroup,
            description=f"{deployment.name}: questions asked of Athena",
            recursive_delete_option=True,
            work_group_configuration=settings,
        )


def _expires(prefix: str, days: Duration) -> s3.LifecycleRule:
    """What lies under the prefix is gone after these days, its deleted versions a day later."""
    return s3.LifecycleRule(
        id=prefix, prefix=f"{prefix}/", expiration=days, noncurrent_version_expiration=Duration.days(1)
    )
