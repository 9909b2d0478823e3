"""Bedrock models as IAM names them."""

from __future__ import annotations

from collections.abc import Iterable

from aws_cdk import ArnFormat, Stack

PROFILE_GEOGRAPHIES = ("global", "us", "us-gov", "eu", "apac", "jp", "au", "ca", "sa")
"""What the id of an inference profile begins with; the rest is the id of the model behind it."""


def model_arns(stack: Stack, *, ids: Iterable[str], region: str) -> tuple[str, ...]:
    """What has to be allowed so that these models can be asked from that region, in order and without repeats."""
    found = (arn for id in ids if id for arn in _arns(stack, id=id, region=region))
    return tuple(dict.fromkeys(found))


def _arns(stack: Stack, *, id: str, region: str) -> tuple[str, ...]:
    if id.startswith("arn:"):
        return (id,)
    geography, _, model = id.partition(".")
    if geography not in PROFILE_GEOGRAPHIES:
        return (_model(stack, id=id, region=region),)
    # A profile sends the question on to the region that has room.
    return (_profile(stack, id=id, region=region), _model(stack, id=model, region="*"))


def _model(stack: Stack, *, id: str, region: str) -> str:
    return stack.format_arn(
        service="bedrock", region=region, account="", resource="foundation-model", resource_name=id
    )


def _profile(stack: Stack, *, id: str, region: str) -> str:
    return stack.format_arn(
        service="bedrock",
        region=region,
        resource="inference-profile",
        resource_name=id,
        arn_format=ArnFormat.SLASH_RESOURCE_NAME,
    )
