"""Judge an existing network from what EC2 said of it: "ok|warning|missing<TAB>sentence" lines.

The folder given holds `facts` (from cdk/plan.py) and EC2's answers as files: vpcs.json, subnets.json,
route-tables.json, vpc-endpoints.json, and where sources name groups security-groups.json and
security-group-rules.json.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any

ANYWHERE = "0.0.0.0/0"
RULES_OF_A_GROUP = 60
"""What EC2 allows of inbound rules in one group, unless the quota was raised."""
FEW_ADDRESSES = 16
Finding = tuple[str, str]
Item = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Network:
    """The options' facts and EC2's descriptions."""

    facts: dict[str, list[str]]
    vpcs: list[Item]
    subnets: dict[str, Item]
    tables: list[Item]
    endpoints: list[Item]
    groups: dict[str, Item]
    rules: list[Item]

    def fact(self, key: str) -> str:
        """The first value of a fact, or ""."""
        return next(iter(self.facts.get(key, ())), "")


def main(arguments: Sequence[str]) -> int:
    """Print the findings."""
    for kind, sentence in findings(load(Path(arguments[0]))):
        sys.stdout.write(f"{kind}\t{sentence}\n")
    return 0


def load(folder: Path) -> Network:
    """Read the folder; a file that is not there is an empty list."""
    facts: dict[str, list[str]] = {}
    for line in (folder / "facts").read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition("\t")
        facts.setdefault(key, []).append(value)
    return Network(
        facts=facts,
        vpcs=answer(folder, "vpcs", "Vpcs"),
        subnets={item["SubnetId"]: item for item in answer(folder, "subnets", "Subnets")},
        tables=answer(folder, "route-tables", "RouteTables"),
        endpoints=answer(folder, "vpc-endpoints", "VpcEndpoints"),
        groups={item["GroupId"]: item for item in answer(folder, "security-groups", "SecurityGroups")},
        rules=answer(folder, "security-group-rules", "SecurityGroupRules"),
    )


def answer(folder: Path, what: str, key: str) -> list[Item]:
    """The list in one of EC2's answers."""
    path = folder / f"{what}.json"
    if not path.exists():
        return []
    items: list[Item] = json.loads(path.read_text(encoding="utf-8"))[key]
    return items


def findings(network: Network) -> Iterator[Finding]:
    """Everything worth telling of an existing network."""
    vpc = network.fact("vpc")
    if not network.vpcs:
        yield (
            "missing",
            f"The VPC {vpc} does not exist in this region: mend vpc_id, or set the right AWS_REGION.",
        )
        return
    yield "ok", f"VPC {vpc} ({', '.join(ranges(network))})"
    for kind in ("private", "isolated"):
        yield from subnet_findings(network, kind)
    yield from zone_order(network)
    yield from reach(network)
    yield from inside(network)
    yield from api_endpoint(network)
    yield from source_groups(network)


def ranges(network: Network) -> list[str]:
    """The VPC's address ranges."""
    vpc = network.vpcs[0]
    several = [item["CidrBlock"] for item in vpc.get("CidrBlockAssociationSet", ())]
    return several or [vpc["CidrBlock"]]


# --- subnets


def subnet_findings(network: Network, kind: str) -> Iterator[Finding]:
    """That the subnets exist, belong to the VPC, lie in two zones and have addresses left."""
    option, vpc = f"{kind}_subnet_ids", network.fact("vpc")
    zones = set()
    for subnet_id in network.facts.get(kind, ()):
        subnet = network.subnets.get(subnet_id)
        if subnet is None:
            yield (
                "missing",
                f"The subnet {subnet_id} ({option}) does not exist: mend the option and try again.",
            )
        elif subnet["VpcId"] != vpc:
            yield (
                "missing",
                f"The subnet {subnet_id} ({option}) belongs to {subnet['VpcId']} and not to {vpc}: "
                "give one of the VPC's own.",
            )
        else:
            zones.add(subnet["AvailabilityZone"])
            if subnet.get("AvailableIpAddressCount", FEW_ADDRESSES) < FEW_ADDRESSES:
                yield "warning", f"subnet {subnet_id} has {subnet['AvailableIpAddressCount']} addresses left"
    if len(zones) >= 2:
        yield "ok", f"{kind} subnets in {', '.join(sorted(zones))}"
    elif zones:
        yield (
            "missing",
            f"The subnets of {option} lie in one zone only ({zones.pop()}): give subnets in two zones or more.",
        )


def zone_order(network: Network) -> Iterator[Finding]:
    """That the zones named are those the subnets really lie in, one by one."""
    named = network.facts.get("zone", [])
    for kind in ("private", "isolated"):
        for zone, subnet_id in zip(named, network.facts.get(kind, ()), strict=False):
            real = network.subnets.get(subnet_id, {}).get("AvailabilityZone", zone)
            if real != zone:
                yield (
                    "missing",
                    f"The subnet {subnet_id} lies in {real} and availability_zones says {zone} at its place: "
                    "put both lists into the same order.",
                )


def default_route(network: Network, subnet_id: str) -> str:
    """Where a subnet sends what is not its own: a gateway's id, or "" for nowhere."""
    main_table: Item = {}
    for table in network.tables:
        for association in table.get("Associations", ()):
            if association.get("SubnetId") == subnet_id:
                return target(table)
            if association.get("Main"):
                main_table = table
    return target(main_table)


def target(table: Item) -> str:
    """The target of a table's way out."""
    for route in table.get("Routes", ()):
        if route.get("DestinationCidrBlock") == ANYWHERE and route.get("State", "active") == "active":
            keys = ("NatGatewayId", "TransitGatewayId", "GatewayId", "NetworkInterfaceId", "InstanceId")
            return next((str(route[key]) for key in keys if route.get(key)), "unknown")
    return ""


def reach(network: Network) -> Iterator[Finding]:
    """That private subnets reach AWS, by a way out or by endpoints, and not by a public address."""
    closed = []
    for subnet_id in network.facts.get("private", ()):
        if subnet_id not in network.subnets:
            continue
        way = default_route(network, subnet_id)
        if way.startswith("igw-"):
            yield (
                "missing",
                f"The subnet {subnet_id} (private_subnet_ids) leads straight to the internet ({way}), where "
                "functions have no way out: give subnets with a route to a NAT gateway, or with endpoints.",
            )
        elif not way:
            closed.append(subnet_id)
    if closed:
        yield from endpoints_for(network, closed)
    elif network.facts.get("private"):
        yield "ok", "private subnets have a way out"


def endpoints_for(network: Network, closed: list[str]) -> Iterator[Finding]:
    """That subnets without a way out have an endpoint for each service needed."""
    there = {short(item["ServiceName"]) for item in network.endpoints if usable(item)}
    needed = set(network.facts.get("service", ()))
    if not network.fact("api_endpoint"):
        needed.discard("execute-api")  # this deployment makes that one itself
    lacking = sorted(needed - there)
    if lacking:
        yield (
            "missing",
            f"The subnet {closed[0]} (private_subnet_ids) has no way out and the VPC lacks endpoints for "
            f"{', '.join(lacking)}: add a route to a NAT gateway, or these endpoints.",
        )
    else:
        yield "ok", "private subnets reach AWS through endpoints"


def usable(endpoint: Item) -> bool:
    """True for an endpoint that answers."""
    return str(endpoint.get("State", "available")).lower() == "available"


def short(service: str) -> str:
    """ "com.amazonaws.eu-west-1.ecr.api" -> "ecr.api"."""
    return ".".join(service.split(".")[3:])


def inside(network: Network) -> Iterator[Finding]:
    """That the database's subnets cannot be reached from the internet."""
    for subnet_id in network.facts.get("isolated", ()):
        way = default_route(network, subnet_id) if subnet_id in network.subnets else ""
        if way.startswith("igw-"):
            yield (
                "missing",
                f"The subnet {subnet_id} (isolated_subnet_ids) is open to the internet ({way}): "
                "give subnets without a way out for the database.",
            )


def api_endpoint(network: Network) -> Iterator[Finding]:
    """That there is one endpoint for private APIs: the one named, or none yet."""
    named = network.fact("api_endpoint")
    ours = f"{network.fact('name')}-"
    found = [item for item in network.endpoints if short(item["ServiceName"]) == "execute-api"]
    if named and named not in [item["VpcEndpointId"] for item in found]:
        yield (
            "missing",
            f"The VPC has no endpoint {named} for private APIs (api_endpoint_id): mend the option, or leave "
            "it out and have one made.",
        )
    for item in found:
        if not named and item.get("PrivateDnsEnabled") and not made_by(item, ours):
            yield (
                "missing",
                f"The VPC already has the endpoint {item['VpcEndpointId']} for private APIs and cannot have a "
                "second one with the same name: set existing_endpoints to true and api_endpoint_id to it.",
            )


def made_by(item: Item, prefix: str) -> bool:
    """True when one of our own stacks made it."""
    tags = {tag["Key"]: tag["Value"] for tag in item.get("Tags", ())}
    return str(tags.get("aws:cloudformation:stack-name", "")).startswith(prefix)


# --- the sources' security groups


def source_groups(network: Network) -> Iterator[Finding]:
    """That each source's group exists, has room for a rule, and is not open already."""
    for line in network.facts.get("source_group", ()):
        name, group_id, port = line.split("\t")
        if group_id not in network.groups:
            yield (
                "missing",
                f"The security group {group_id} of the source {name} does not exist in this region: "
                "mend its security_group_id.",
            )
        else:
            yield from group_findings(network, name=name, group_id=group_id, port=int(port))


def group_findings(network: Network, *, name: str, group_id: str, port: int) -> Iterator[Finding]:
    """What one existing group has to say."""
    rules = [r for r in network.rules if r["GroupId"] == group_id and not r.get("IsEgress")]
    overlapping = next((r for r in rules if overlaps(r, port, ranges(network))), None)
    if overlapping:
        yield (
            "missing",
            f"The security group {group_id} of the source {name} already lets {overlapping['CidrIpv4']} in on "
            f"port {port}, which overlaps the rule this deployment adds: narrow that rule, or leave "
            "security_group_id out of the source and use it as it is.",
        )
    elif len(rules) >= RULES_OF_A_GROUP:
        yield (
            "missing",
            f"The security group {group_id} of the source {name} holds {len(rules)} inbound rules and has no "
            "room for one more: remove one, or ask for more in Service Quotas (vpc L-0EA8095F).",
        )
    else:
        yield "ok", f"security group {group_id} of the source {name} has room for the worker's rule"


def overlaps(rule: Item, port: int, own: list[str]) -> bool:
    """True when a rule already lets addresses of this VPC in on the port."""
    cidr = rule.get("CidrIpv4")
    if not cidr or rule.get("IpProtocol") not in ("tcp", "6", "-1"):
        return False
    first, last = rule.get("FromPort", -1), rule.get("ToPort", -1)
    if rule["IpProtocol"] != "-1" and not first <= port <= last:
        return False
    return any(ip_network(cidr, strict=False).overlaps(ip_network(block)) for block in own)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
