"""What may be called what: the deployment and its tags."""

from __future__ import annotations

import re

from checks.refusing import like, refuse
from deployment import Deployment


def name(deployment: Deployment) -> None:
    """The name leaves room for the names made from it, and AWS takes those."""
    name = deployment.name
    if len(name) > 20:
        refuse(
            "name", f'"{name}" has {len(name)} characters; at most 20 leave room for the names made from it.'
        )
    if name != name.lower():
        refuse("name", f'"{name}" has capitals; buckets and databases take lower-case letters only.')
    if name.startswith(("aws", "ssm")):
        refuse("name", f'"{name}" begins with aws or ssm, which Parameter Store keeps for itself.')
    if name == "primary":
        refuse("name", '"primary" is the workgroup that Athena has in every account.')
    if not re.fullmatch(r"[a-z](?:-?[a-z0-9])*", name):
        refuse(
            "name",
            f'"{name}" must be lower-case letters, digits and single hyphens, beginning with a letter.',
        )


def tags(deployment: Deployment) -> None:
    """AWS takes every tag."""
    if len(deployment.tags) > 40:
        refuse("tags", "AWS takes 50 tags, of which 10 are left for its own; give at most 40.")
    for key, value in deployment.tags.items():
        if key.lower().startswith("aws:"):
            refuse(f"tags.{key}", 'names that begin with "aws:" are reserved.')
        like(
            "tags",
            key,
            r"[\w .:/=+@-]{1,128}",
            "named with at most 128 letters, digits, spaces and . : / = + @ _ -",
        )
        like(
            f"tags.{key}",
            value,
            r"[\w .:/=+@-]{0,256}",
            "at most 256 letters, digits, spaces and . : / = + @ _ -",
        )
