"""One function of the product: the code, its role, its log, and the alias that callers use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aws_cdk import Annotations, Duration, Size, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from deployment import Deployment
from pieces.accepted import accept
from pieces.log_groups import log_group
from pieces.program import Program
from pieces.rights import Rights, role


@dataclass(frozen=True, kw_only=True)
class Measure:
    """How large a function is and how many of it may run."""

    memory_mb: int
    seconds: int
    concurrency: int
    """Environments reserved for it, which are also the most it may have."""
    disk_mb: int = 512


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where in the VPC a function stands."""

    vpc: ec2.IVpc
    subnets: ec2.SubnetSelection
    wall: ec2.ISecurityGroup


@dataclass(frozen=True, kw_only=True)
class Own:
    """What a function is called, for rights that concern itself."""

    log: str
    """ARN of its log group."""
    function: str
    """ARN of the function, without a version."""


@dataclass(frozen=True, kw_only=True)
class Calls:
    """How a function is called when nobody waits for it."""

    retries: int
    longest_wait: Duration
    """After which a call that could not be started is given up."""
    on_failure: lambda_.IDestination

    def options(self) -> dict[str, Any]:
        """The same as CDK names it."""
        return {
            "retry_attempts": self.retries,
            "max_event_age": self.longest_wait,
            "on_failure": self.on_failure,
        }


@dataclass(frozen=True, kw_only=True)
class Spec:
    """What makes one function differ from the others."""

    name: str
    handler: str
    measure: Measure
    environment: Mapping[str, str]
    rights: Callable[[Own], Rights]
    layers: Sequence[lambda_.ILayerVersion]
    place: Place | None = None
    calls: Calls | None = None
    snapshots: bool = True
    """Whether SnapStart may be used; it takes no more than 512 MB of disk."""


class ProductFunction(Construct):
    """A function, and what is invoked: itself with `start: plain`, otherwise its alias "live"."""

    function: lambda_.Function
    target: lambda_.IFunction

    def __init__(
        self, scope: Construct, id: str, *, deployment: Deployment, program: Program, spec: Spec
    ) -> None:
        super().__init__(scope, id)
        self._deployment, self._spec = deployment, spec
        self._snapshots = deployment.start == "snapstart" and spec.snapshots
        self.function = self._function(program)
        self.target = self._target()
        if self._snapshots:  # the alias below publishes the version that the warning asks for
            Annotations.of(self.function).acknowledge_warning("@aws-cdk/aws-lambda:snapStartRequirePublish")
        accept(self.function, {"L1": "Python's version is an option, because the layers are built for it."})

    def _function(self, program: Program) -> lambda_.Function:
        spec, measure = self._spec, self._spec.measure
        logs = log_group(self, "Log", name=f"/aws/lambda/{spec.name}", days=self._deployment.log_days)
        own = Own(log=logs.log_group_arn, function=self._arn())
        return lambda_.Function(
            self,
            "Function",
            function_name=spec.name,
            code=program.code,
            handler=spec.handler,
            runtime=program.runtime,
            architecture=program.architecture,
            layers=list(spec.layers),
            environment=dict(spec.environment),
            memory_size=measure.memory_mb,
            timeout=Duration.seconds(measure.seconds),
            ephemeral_storage_size=Size.mebibytes(measure.disk_mb),
            reserved_concurrent_executions=measure.concurrency,
            role=self._role(spec.rights(own)),
            log_group=logs,
            tracing=lambda_.Tracing.ACTIVE,
            snap_start=lambda_.SnapStartConf.ON_PUBLISHED_VERSIONS if self._snapshots else None,
            **self._inside(spec.place),
            **(spec.calls.options() if spec.calls else {}),
        )

    def _arn(self) -> str:
        """Written out, because a role cannot name the function that needs it first."""
        return Stack.of(self).format_arn(service="lambda", resource=f"function:{self._spec.name}")

    def _role(self, rights: Rights) -> Any:
        return role(
            self,
            "Role",
            service="lambda.amazonaws.com",
            rights=rights,
            description=f"What {self._spec.name} may do",
        )

    def _inside(self, place: Place | None) -> dict[str, Any]:
        if place is None:
            return {}
        return {"vpc": place.vpc, "vpc_subnets": place.subnets, "security_groups": [place.wall]}

    def _target(self) -> lambda_.IFunction:
        provisioned = self._deployment.start == "provisioned"
        if not provisioned and not self._snapshots:
            return self.function
        return lambda_.Alias(
            self,
            "Live",
            alias_name="live",
            version=self.function.current_version,
            provisioned_concurrent_executions=(
                self._deployment.provisioned_environments if provisioned else None
            ),
            **(self._spec.calls.options() if self._spec.calls else {}),
        )
