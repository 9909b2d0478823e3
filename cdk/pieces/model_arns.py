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
        _, _, profile = id.partition(":inference-profile/")
        return (id, *_behind(stack, profile))
    if _is_profile(id):
        return (_profile(stack, id=id, region=region), *_behind(stack, id))
    return (_model(stack, id=id, region=region),)


def _is_profile(id: str) -> bool:
    return id.partition(".")[0] in PROFILE_GEOGRAPHIES


def _behind(stack: Stack, profile: str) -> tuple[str, ...]:
    """The models that a profile sends questions on to, in whichever region has room.

    A `global.` profile asks for the model's name without a region, too; a wildcard matches that already, and here it
    stands for whoever reads the policy.
    """
    geography, _, model = profile.partition(".")
    if not _is_profile(profile):
        return ()
    anywhere = (_model(stack, id=model, region="*"),)
    return (*anywhere, _model(stack, id=model, region="")) if geography == "global" else anywhere


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
