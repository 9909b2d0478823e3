"""The people: how long they stay, how much they may ask, and the outline of the policies.

What can be said without the product's own code: it needs packages that the CDK's environment does not have. Row
filters and the names of tables are read by `analyst policy check`, and by the functions, which go on with the
policies before where new ones are wrong.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from checks.refusing import between, refuse
from deployment import Deployment, OptionsError

LARGEST = 1024 * 1024
"""Bytes of the policies."""
TOP = ("version", "people", "roles", "sources")
ENTRANCES = ("os", "aws", "oidc")


def person_limits(deployment: Deployment) -> None:
    """A week is the longest that a load balancer keeps somebody signed in."""
    between("token_hours", deployment.token_hours, low=1, high=168)
    between("person_per_minute", deployment.person_per_minute, low=0, high=100_000)
    between("person_at_once", deployment.person_at_once, low=0, high=10_000)


def policies(deployment: Deployment) -> None:
    """The file is there, is TOML, has roles, and gives one to somebody who can come in."""
    if not deployment.policies:
        return
    text = policies_text(deployment)
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as why:
        raise OptionsError(f"policies: {deployment.policies} is not TOML: {_sentence(why)}.") from why
    for key in found:
        if key not in TOP:
            refuse("policies", f"{key} is not known in {deployment.policies}; known are {', '.join(TOP)}.")
    _roles(found.get("roles"))
    _people(found.get("people"), roles=found["roles"], entrance="oidc" if deployment.oidc_issuer else "aws")


def policies_text(deployment: Deployment) -> str:
    """What the file holds; raises OptionsError where it cannot be read."""
    try:
        content = Path(deployment.policies).read_bytes()
        text = content.decode("utf-8")
    except UnicodeDecodeError as why:
        raise OptionsError(f"policies: {deployment.policies} is not UTF-8.") from why
    except (OSError, ValueError) as why:
        reason = (getattr(why, "strerror", None) or str(why)).lower()
        raise OptionsError(f"policies: {deployment.policies} cannot be read: {reason}.") from why
    if len(content) > LARGEST:
        refuse("policies", f"{deployment.policies} is larger than 1 MB.")
    return text


def _sentence(why: tomllib.TOMLDecodeError) -> str:
    return " ".join(str(why).split()).rstrip(".")


def _roles(roles: object) -> None:
    if not isinstance(roles, Mapping) or not roles:
        refuse("policies", "the file must have at least one role, such as [roles.sales].")
    for name, role in dict(roles).items():  # type: ignore[call-overload]
        if (
            not isinstance(role, Mapping)
            or not isinstance(role.get("sources"), Mapping)
            or not role["sources"]
        ):
            refuse("policies", f"the role {name} has no source, such as [roles.{name}.sources.shop].")


def _people(people: object, *, roles: Mapping[str, Any], entrance: str) -> None:
    if not isinstance(people, list) or not all(isinstance(one, Mapping) for one in people):
        refuse("policies", "the file must say who has which role, in entries that begin with [[people]].")
        return
    for number, one in enumerate(people, 1):
        if sum(key in one for key in ENTRANCES) != 1:
            refuse("policies", f"people, entry {number}, must have exactly one of {', '.join(ENTRANCES)}.")
        if one.get("role") not in roles:
            refuse("policies", f"people, entry {number}, must have a role that is in the file.")
    if not any(entrance in one for one in people):
        refuse(
            "policies",
            f"nobody has a role: people come in by {entrance}, and no entry of people has {entrance}.",
        )
