"""Who may see what: `policies.toml` as policies, one for each question, and what of a catalog they leave."""

from __future__ import annotations

from analyst.policies.cases import of_case
from analyst.policies.fitting import misfits
from analyst.policies.native import native_security, settings
from analyst.policies.people import Person
from analyst.policies.reading import read
from analyst.policies.roles import Policies, Role, SourceRules
from analyst.policies.visibility import View, visible

__all__ = [
    "Person",
    "Policies",
    "Role",
    "SourceRules",
    "View",
    "misfits",
    "native_security",
    "of_case",
    "read",
    "settings",
    "visible",
]
