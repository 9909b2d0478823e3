"""Findings of the security rules that are accepted, each with the reason, where the resource is made."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct

PACK = "AwsSolutions"


def accept(construct: IConstruct, reasons: Mapping[str, str]) -> None:
    """Acknowledge rules of the pack, keyed by their short ids ("S1"), for this construct and what is in it."""
    acknowledged = (Acknowledgment(id=f"{PACK}-{rule}", reason=reason) for rule, reason in reasons.items())
    Validations.of(construct).acknowledge(*acknowledged)
