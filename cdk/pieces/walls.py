"""Who may talk to whom: every security group and every rule between them, in one place.

A group starts with nothing allowed, in or out. No group lets the internet in. Where a group may go out to any
address, that is for AWS's own services (which have no fixed addresses) and its way there is the NAT or an endpoint.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from deployment import Deployment, SourceOptions

HTTPS = 443
POSTGRES = 5432
PAGE_PORT = 8080
"""Where Streamlit listens in its container."""


def balancer_port(deployment: Deployment) -> int:
    """The load balancer's port: HTTPS as soon as there is a certificate."""
    return HTTPS if deployment.certificate_arn else 80


def settled(scope: Construct, id: str, group: ec2.SecurityGroup) -> ec2.ISecurityGroup:
    """The same group, to which no construct can add a rule: several do so by themselves, and all rules stand here."""
    return ec2.SecurityGroup.from_security_group_id(scope, id, group.security_group_id, mutable=False)


class Walls(Construct):
    """The security groups of one deployment, with the rules between them."""

    def __init__(self, scope: Construct, id: str, *, vpc: ec2.IVpc, deployment: Deployment) -> None:
        super().__init__(scope, id)
        self._vpc = vpc
        self._deployment = deployment
        self.functions = self._group("Functions", "data-analyst")
        self.worker = self._group("Worker", "data-analyst-worker")
        self.page = self._group("Page", "tasks of the page")
        self.balancer = self._group("Balancer", "load balancer of the page")
        self.database = self._group("Database", "database of the product")
        self.endpoints = self._group("Endpoints", "endpoints of AWS services")
        self.bastion = self._group("Bastion", "machine of the tunnel") if deployment.bastion else None
        self.proxy = self._group("Proxy", "proxy before the database") if deployment.database_proxy else None
        rotated = deployment.database_rotation_days > 0
        self.rotation = self._group("Rotation", "new passwords of the database") if rotated else None
        self._to_the_page()
        self._to_the_database()
        self._to_aws()
        self._to_the_sources()

    def _group(self, id: str, what: str) -> ec2.SecurityGroup:
        description = f"{self._deployment.name}: {what}"
        return ec2.SecurityGroup(self, id, vpc=self._vpc, description=description, allow_all_outbound=False)

    def _to_the_page(self) -> None:
        port = ec2.Port.tcp(balancer_port(self._deployment))
        if self.bastion:
            self.bastion.connections.allow_to(self.balancer, port, "the tunnel opens the page")
        for network in self._deployment.ui_client_cidrs:
            self.balancer.add_ingress_rule(ec2.Peer.ipv4(network), port, "a private network opens the page")
        self.balancer.connections.allow_to(
            self.page, ec2.Port.tcp(PAGE_PORT), "the load balancer shows the page"
        )
        if self._deployment.oidc_issuer:
            self._out(self.balancer, HTTPS, "the load balancer asks the issuer who signs in")

    def _to_the_database(self) -> None:
        port = ec2.Port.tcp(POSTGRES)
        store = self.proxy or self.database
        self.functions.connections.allow_to(store, port, "questions and answers are kept")
        self.worker.connections.allow_to(store, port, "questions are taken up and answered")
        if self.proxy:
            self.proxy.connections.allow_to(self.database, port, "the proxy shares its connections")
        if self.rotation:
            self.rotation.connections.allow_to(self.database, port, "a new password is set")

    def _to_aws(self) -> None:
        """Those that read or write S3 may go to any address: its gateway has no security group to name."""
        enclosed = not self._deployment.vpc_id and self._deployment.egress == "endpoints"
        https = ec2.Port.tcp(HTTPS)
        for group in (self.functions, self.worker, self.page):
            self._out(group, HTTPS, "AWS services and S3")
            if enclosed or group is self.page:
                self.endpoints.add_ingress_rule(group, https, "AWS services by their endpoints")
        for other in (self.bastion, self.rotation):
            if other and enclosed:
                other.connections.allow_to(self.endpoints, https, "AWS services by their endpoints")
            elif other:
                self._out(other, HTTPS, "AWS services")

    def _to_the_sources(self) -> None:
        """Only the worker asks the company's databases; each is opened for it at its own port."""
        seen = set()
        for source in self._deployment.sources:
            way = (source.security_group_id or _host(source), _port(source))
            if source.address and way not in seen:
                seen.add(way)
                self._to_source(source)
        own_port = urlsplit(self._deployment.bedrock_endpoint_url).port
        if self._deployment.embedder == "bedrock" and own_port and own_port != HTTPS:
            self._out(self.worker, own_port, "the embedding model at an endpoint of its own")

    def _to_source(self, source: SourceOptions) -> None:
        port = _port(source)
        why = f"the source {source.name}"
        if not source.security_group_id:
            self.worker.add_egress_rule(_peer(_host(source)), ec2.Port.tcp(port), why)
            return
        group_id = source.security_group_id
        group = ec2.SecurityGroup.from_security_group_id(self, f"Source-{group_id}-{port}", group_id)
        self.worker.connections.allow_to(group, ec2.Port.tcp(port), why)

    def _out(self, group: ec2.SecurityGroup, port: int, why: str) -> None:
        group.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(port), why)


def _host(source: SourceOptions) -> str:
    return source.address.rpartition(":")[0]


def _port(source: SourceOptions) -> int:
    return int(source.address.rpartition(":")[2] or 0)


def _peer(host: str) -> ec2.IPeer:
    """One address, or any where the source has only a name, whose address may change at any time."""
    try:
        return ec2.Peer.ipv4(f"{ipaddress.IPv4Address(host)}/32")
    except ValueError:
        return ec2.Peer.any_ipv4()
