"""One task of the page: the container without root, on a read-only file system."""

from __future__ import annotations

import re

from aws_cdk import Annotations, Duration, Stack
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from deployment import Deployment
from pieces.accepted import accept
from pieces.balancer import HEALTH
from pieces.environment import entrance
from pieces.log_groups import log_group
from pieces.rights import Rights, page_start_rights, role
from pieces.walls import PAGE_PORT
from stacks.image import ImageStack

USER = "10001:10001"
HOME = "/home/analyst"
WRITABLE = {"tmp": "/tmp", "home": HOME}
"""Volumes that live and die with the task; the image declares them, so that they belong to its user."""
ECR = re.compile(r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.[a-z.]+/(?P<repository>[^:@]+)")


class PageTask(Construct):
    """The page's container with its environment, secret, volumes and rights."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        deployment: Deployment,
        image: ImageStack | None,
        api_url: str,
        api_key: secretsmanager.ISecret,
    ) -> None:
        super().__init__(scope, id)
        self._deployment, self._image = deployment, image
        self._log = log_group(self, "Log", name=f"/{deployment.name}/page", days=deployment.log_days)
        self.definition = self._definition(api_key)
        self._add_container(api_url, api_key)

    def _definition(self, api_key: secretsmanager.ISecret) -> ecs.FargateTaskDefinition:
        deployment = self._deployment
        arm = deployment.architecture == "arm64"
        definition = ecs.FargateTaskDefinition(
            self,
            "Definition",
            family=f"{deployment.name}-page",
            cpu=deployment.ui_cpu,
            memory_limit_mib=deployment.ui_memory_mb,
            runtime_platform=ecs.RuntimePlatform(
                cpu_architecture=ecs.CpuArchitecture.ARM64 if arm else ecs.CpuArchitecture.X86_64,
                operating_system_family=ecs.OperatingSystemFamily.LINUX,
            ),
            execution_role=self._role("StartRole", self._start_rights(api_key), "Starts the page's tasks"),
            task_role=self._role("TaskRole", {}, "The page itself, which may do nothing in AWS"),
            volumes=[ecs.Volume(name=name) for name in WRITABLE],
        )
        accept(
            definition,
            {"ECS2": "Nothing of this is a secret; the API's key comes from Secrets Manager."},
        )
        return definition

    def _role(self, id: str, rights: Rights, description: str) -> iam.IRole:
        return role(self, id, service="ecs-tasks.amazonaws.com", rights=rights, description=description)

    def _start_rights(self, api_key: secretsmanager.ISecret) -> Rights:
        return page_start_rights(
            log=self._log.log_group_arn, repository=self._repository_arn(), secret=api_key.secret_arn
        )

    def _repository_arn(self) -> str:
        if self._image:
            return self._image.repository.repository_arn
        given = ECR.match(self._deployment.ui_image_uri)
        if given is None:
            return ""
        return Stack.of(self).format_arn(
            service="ecr",
            account=given["account"],
            region=given["region"],
            resource="repository",
            resource_name=given["repository"],
        )

    def _image_uri(self) -> str:
        if self._image is None:
            return self._deployment.ui_image_uri
        return f"{self._image.repository.repository_uri}:{self._image.tag}"

    def _add_container(self, api_url: str, api_key: secretsmanager.ISecret) -> None:
        limits = ecs.LinuxParameters(self, "Limits", init_process_enabled=True)
        limits.drop_capabilities(ecs.Capability.ALL)
        container = self.definition.add_container(
            "page",
            image=ecs.ContainerImage.from_registry(self._image_uri()),
            user=USER,
            readonly_root_filesystem=True,
            linux_parameters=limits,
            environment={
                "ANALYST_API_URL": api_url,
                "ANALYST_ENTRANCE": entrance(self._deployment),
                "HOME": HOME,
            },
            secrets={"ANALYST_API_KEY": ecs.Secret.from_secrets_manager(api_key)},
            port_mappings=[ecs.PortMapping(container_port=PAGE_PORT)],
            logging=ecs.LogDrivers.aws_logs(stream_prefix="page", log_group=self._log),
            health_check=_health_check(),
        )
        # The role to start tasks may fetch from exactly that repository; CDK looks for rights it gave itself.
        Annotations.of(container).acknowledge_warning("@aws-cdk/aws-ecs:ecrImageRequiresPolicy")
        container.add_mount_points(
            *(
                ecs.MountPoint(source_volume=name, container_path=path, read_only=False)
                for name, path in WRITABLE.items()
            )
        )


def _health_check() -> ecs.HealthCheck:
    ask = f"import urllib.request as u; u.urlopen('http://127.0.0.1:{PAGE_PORT}{HEALTH}', timeout=4)"
    return ecs.HealthCheck(
        # The image has Python, and nothing like curl.
        command=["CMD", "python", "-c", ask],
        interval=Duration.seconds(30),
        timeout=Duration.seconds(5),
        retries=3,
        start_period=Duration.seconds(30),
    )
