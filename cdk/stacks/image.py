"""The page's image: its source, the project that builds it inside the account, and where it is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aws_cdk import Aws, CfnOutput, Duration, IgnoreMode, RemovalPolicy, Stack
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_s3_assets as assets
from constructs import Construct

from deployment import Deployment
from pieces.accepted import accept
from pieces.log_groups import log_group
from pieces.rights import image_build_rights, role

ROOT = Path(__file__).resolve().parents[2]
BUILD_SPEC = "cdk/pieces/image_build.yaml"
SOURCE = ("streamlit/**", "code/analyst/**", "requirements/page.txt", BUILD_SPEC)
"""What the Dockerfile copies, and how it is built; a change of anything else makes no new image."""
NEVER = ("**/__pycache__", "**/*.pyc", "**/.*_cache", "code/analyst/local", "code/analyst/cli")
IMAGES_KEPT = 10


class ImageStack(Stack):
    """`deploy.sh` starts the build; it pushes an image whose tag is the hash of its source and the processor."""

    def __init__(self, scope: Construct, id: str, *, deployment: Deployment, **kwargs: Any) -> None:
        super().__init__(scope, id, description=f"{deployment.name}: the page's image", **kwargs)
        self.source = assets.Asset(
            self,
            "Source",
            path=str(ROOT),
            exclude=["**", *(f"!{path}" for path in SOURCE), *NEVER],
            ignore_mode=IgnoreMode.DOCKER,
        )
        # The same source makes another image for another processor.
        self.tag = f"{self.source.asset_hash}-{deployment.architecture}"
        self.repository = self._repository()
        self.project = self._project(deployment)
        CfnOutput(self, "RepositoryUri", value=self.repository.repository_uri)
        CfnOutput(self, "BuildProject", value=self.project.project_name)
        CfnOutput(self, "ImageTag", value=self.tag)

    def _repository(self) -> ecr.Repository:
        return ecr.Repository(
            self,
            "Images",
            image_scan_on_push=True,
            image_tag_mutability=ecr.TagMutability.IMMUTABLE,
            lifecycle_rules=[
                ecr.LifecycleRule(max_image_count=IMAGES_KEPT, description="To roll back to, and no more")
            ],
            # `deploy.sh destroy` empties it first, having asked.
            empty_on_delete=False,
            removal_policy=RemovalPolicy.DESTROY,
        )

    def _project(self, deployment: Deployment) -> codebuild.Project:
        logs = log_group(self, "Log", name=f"/{deployment.name}/image-build", days=deployment.log_days)
        rights = image_build_rights(
            log=logs.log_group_arn,
            repository=self.repository.repository_arn,
            source=self.source.bucket.arn_for_objects(self.source.s3_object_key),
            source_bucket=self.source.bucket.bucket_arn,
        )
        builder = role(
            self,
            "BuildRole",
            service="codebuild.amazonaws.com",
            rights=rights,
            description="Builds the page's image",
        )
        project = codebuild.Project(
            self,
            "Build",
            description="Builds the page's image from the uploaded source and pushes it",
            source=codebuild.Source.s3(bucket=self.source.bucket, path=self.source.s3_object_key),
            build_spec=codebuild.BuildSpec.from_source_filename(BUILD_SPEC),
            environment=self._environment(deployment),
            role=builder,
            logging=codebuild.LoggingOptions(cloud_watch=codebuild.CloudWatchLoggingOptions(log_group=logs)),
            timeout=Duration.minutes(30),
            queued_timeout=Duration.minutes(30),
        )
        accept(project, {"CB4": "It leaves nothing behind but the image in ECR, which is encrypted there."})
        return project

    def _environment(self, deployment: Deployment) -> codebuild.BuildEnvironment:
        arm = deployment.architecture == "arm64"
        variables = {
            "REGISTRY": f"{Aws.ACCOUNT_ID}.dkr.ecr.{Aws.REGION}.{Aws.URL_SUFFIX}",
            "REPOSITORY": self.repository.repository_uri,
            "TAG": self.tag,
        }
        return codebuild.BuildEnvironment(
            build_image=(
                codebuild.LinuxArmBuildImage.AMAZON_LINUX_2023_STANDARD_3_0
                if arm
                else codebuild.LinuxBuildImage.AMAZON_LINUX_2023_5
            ),
            compute_type=codebuild.ComputeType.SMALL,
            # Docker inside the build asks for it; the project does nothing else.
            privileged=True,
            environment_variables={
                name: codebuild.BuildEnvironmentVariable(value=value) for name, value in variables.items()
            },
        )
