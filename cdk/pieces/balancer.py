"""The way to the page: an internal load balancer that keeps each browser at its task."""

from __future__ import annotations

from aws_cdk import Duration, SecretValue
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct

from deployment import Deployment
from pieces.accepted import accept
from pieces.walls import PAGE_PORT, balancer_port

HEALTH = "/_stcore/health"


class Balancer(Construct):
    """HTTP on port 80, or HTTPS on 443 with a certificate, and people signed in where OIDC is given."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        deployment: Deployment,
        vpc: ec2.IVpc,
        subnets: ec2.SubnetSelection,
        wall: ec2.ISecurityGroup,
    ) -> None:
        super().__init__(scope, id)
        self.balancer = elbv2.ApplicationLoadBalancer(
            self,
            "Balancer",
            vpc=vpc,
            vpc_subnets=subnets,
            security_group=wall,
            internet_facing=False,
            # The page's connection stays open while people read; 60 s would cut it.
            idle_timeout=Duration.seconds(120),
            drop_invalid_header_fields=True,
        )
        accept(
            self.balancer,
            {
                "ELB2": "Its log would hold tickets of the tunnel, which stand in addresses; the API logs requests."
            },
        )
        self.targets = self._targets(vpc)
        self._listen(deployment)

    def _targets(self, vpc: ec2.IVpc) -> elbv2.ApplicationTargetGroup:
        return elbv2.ApplicationTargetGroup(
            self,
            "Targets",
            vpc=vpc,
            port=PAGE_PORT,
            protocol=elbv2.ApplicationProtocol.HTTP,
            target_type=elbv2.TargetType.IP,
            # A session lives in the memory of one task.
            stickiness_cookie_duration=Duration.days(1),
            deregistration_delay=Duration.seconds(30),
            health_check=elbv2.HealthCheck(
                path=HEALTH,
                interval=Duration.seconds(15),
                timeout=Duration.seconds(5),
                healthy_threshold_count=2,
                unhealthy_threshold_count=3,
            ),
        )

    def _listen(self, deployment: Deployment) -> None:
        certificate = deployment.certificate_arn
        self.balancer.add_listener(
            "Page",
            port=balancer_port(deployment),
            protocol=elbv2.ApplicationProtocol.HTTPS if certificate else elbv2.ApplicationProtocol.HTTP,
            certificates=[elbv2.ListenerCertificate.from_arn(certificate)] if certificate else None,
            ssl_policy=elbv2.SslPolicy.RECOMMENDED_TLS if certificate else None,
            # Who may come in is said by the walls.
            open=False,
            default_action=self._action(deployment),
        )

    def _action(self, deployment: Deployment) -> elbv2.ListenerAction:
        show = elbv2.ListenerAction.forward([self.targets])
        if not deployment.oidc_issuer:
            return show
        return elbv2.ListenerAction.authenticate_oidc(
            issuer=deployment.oidc_issuer,
            authorization_endpoint=deployment.oidc_authorization_endpoint,
            token_endpoint=deployment.oidc_token_endpoint,
            user_info_endpoint=deployment.oidc_user_info_endpoint,
            client_id=deployment.oidc_client_id,
            client_secret=SecretValue.secrets_manager(deployment.oidc_client_secret_arn),
            session_timeout=Duration.hours(deployment.token_hours),
            allow_https_outbound=False,
            next=show,
        )
