"""The product's own Postgres: encrypted, isolated, with a password nobody typed and that changes by itself."""

from __future__ import annotations

from typing import cast

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_rds as rds
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from deployment import Deployment
from pieces.accepted import accept
from pieces.log_groups import log_group
from pieces.walls import POSTGRES, settled
from stacks.network import NetworkStack

USER = "analyst"
DATABASE = "analyst"
ENGINE = rds.DatabaseInstanceEngine.postgres(version=rds.PostgresEngineVersion.VER_17)
"""The major version only: RDS chooses the minor one and brings it up to date by itself."""
UNSAFE = " %+~`#$&*()|[]{}:;<>?!'/@\"\\^=,"
"""Characters a password does without, so that it can stand in a URL, a shell and a connection string."""
GROWTH = 10


class Database(Construct):
    """The instance with its secret, its log, and, when asked for, its proxy and new passwords."""

    def __init__(self, scope: Construct, id: str, *, deployment: Deployment, network: NetworkStack) -> None:
        super().__init__(scope, id)
        self._deployment = deployment
        self._network = network
        # Named, so that its log group can be made before it, with an end to what it keeps.
        self.name = f"{deployment.name}-database"
        self._tls = deployment.database_tls in ("verify-full", "require")
        self.instance = self._instance()
        assert self.instance.secret is not None
        self.secret: secretsmanager.ISecret = self.instance.secret
        self.proxy = self._proxy(network.walls.proxy) if network.walls.proxy else None
        if network.walls.rotation:
            self._rotation(network.walls.rotation)

    def _instance(self) -> rds.DatabaseInstance:
        options = self._deployment
        instance = rds.DatabaseInstance(
            self,
            "Instance",
            instance_identifier=self.name,
            engine=ENGINE,
            instance_type=ec2.InstanceType(options.database_instance),
            database_name=DATABASE,
            credentials=rds.Credentials.from_generated_secret(USER, exclude_characters=UNSAFE),
            parameter_group=self._parameters(),
            vpc=self._network.vpc,
            vpc_subnets=self._network.isolated,
            security_groups=[settled(self, "Wall", self._network.walls.database)],
            port=POSTGRES,
            publicly_accessible=False,
            multi_az=options.database_multi_az,
            allocated_storage=options.database_storage_gb,
            max_allocated_storage=options.database_storage_gb * GROWTH,
            storage_type=rds.StorageType.GP3,
            storage_encrypted=True,
            backup_retention=Duration.days(options.database_backup_days),
            copy_tags_to_snapshot=True,
            auto_minor_version_upgrade=True,
            ca_certificate=rds.CaCertificate.RDS_CA_RSA2048_G1,
            cloudwatch_logs_exports=["postgresql"],
            deletion_protection=options.database_deletion_protection,
            removal_policy=RemovalPolicy.SNAPSHOT,
        )
        # RDS would make the log group itself, and keep everything forever.
        name = f"/aws/rds/instance/{self.name}/postgresql"
        resource = cast(rds.CfnDBInstance, instance.node.default_child)
        resource.node.add_dependency(log_group(self, "Log", name=name, days=options.log_days))
        # The linter knows whole versions only; RDS takes the major one and chooses its default minor.
        resource.add_metadata("cfn-lint", {"config": {"ignore_checks": ["W3691"]}})
        accept(instance, self._reasons())
        return instance

    def _parameters(self) -> rds.ParameterGroup:
        """Limits that keep one bad statement from holding up everybody, and a log without what people asked."""
        options = self._deployment
        return rds.ParameterGroup(
            self,
            "Parameters",
            engine=ENGINE,
            description=f"{options.name}: limits and logging",
            removal_policy=RemovalPolicy.DESTROY,
            parameters={
                "max_connections": str(options.database_max_connections),
                "rds.force_ssl": "1" if self._tls else "0",
                "statement_timeout": "120000",
                "lock_timeout": "30000",
                "idle_in_transaction_session_timeout": "60000",
                # A statement holds the question, and an error's detail the row: neither belongs in a log.
                "log_statement": "none",
                "log_min_duration_statement": "-1",
                "log_min_error_statement": "panic",
                "log_error_verbosity": "terse",
                "log_connections": "1",
                "log_lock_waits": "1",
            },
        )

    def _proxy(self, wall: ec2.SecurityGroup) -> rds.DatabaseProxy:
        return rds.DatabaseProxy(
            self,
            "Proxy",
            proxy_target=rds.ProxyTarget.from_instance(self.instance),
            vpc=self._network.vpc,
            vpc_subnets=self._network.isolated,
            security_groups=[settled(self, "ProxyWall", wall)],
            secrets=[self.secret],
            require_tls=self._tls,
            # The same share that functions may hold without a proxy.
            max_connections_percent=80,
            borrow_timeout=Duration.seconds(10),
            debug_logging=False,
        )

    def _rotation(self, wall: ec2.SecurityGroup) -> None:
        """AWS's own function sets the new password: from the private subnets, which reach Secrets Manager."""
        name = f"{self._deployment.name}-rotation"
        schedule = self.secret.add_rotation_schedule(
            "Rotation",
            automatically_after=Duration.days(self._deployment.database_rotation_days),
            rotate_immediately_on_update=False,
            hosted_rotation=secretsmanager.HostedRotation.postgre_sql_single_user(
                function_name=name,
                exclude_characters=UNSAFE,
                vpc=self._network.vpc,
                vpc_subnets=self._network.private,
                security_groups=[wall],
            ),
        )
        days = self._deployment.log_days
        schedule.node.add_dependency(log_group(self, "RotationLog", name=f"/aws/lambda/{name}", days=days))

    def _reasons(self) -> dict[str, str]:
        options = self._deployment
        reasons = {
            "RDS11": "The port is no secret: the wall lets in the functions and nobody else.",
        }
        if not options.database_multi_az:
            reasons["RDS3"] = (
                "A standby doubles the cost; who needs one sets database_multi_az. Backups are kept either way."
            )
        if not options.database_deletion_protection:
            reasons["RDS10"] = "Switched off by the option; a snapshot is taken on removal either way."
        if options.database_rotation_days == 0:
            reasons["SMG4"] = "Switched off by database_rotation_days 0."
        return reasons
