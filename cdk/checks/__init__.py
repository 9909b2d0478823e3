"""What must hold between the options, each rule one sentence that names the key: a file for what rules are about."""

from __future__ import annotations

from checks.functions import connections, function_options, start
from checks.models import model_ids
from checks.naming import name, tags
from checks.network import existing_network, new_network, way_out
from checks.page import clients, page_options, sign_in
from checks.people import person_limits, policies
from checks.sources import declared_sources
from checks.stored import database, kept
from checks.watching import watch
from deployment import Deployment

RULES = (
    name,
    tags,
    new_network,
    existing_network,
    way_out,
    database,
    kept,
    function_options,
    start,
    connections,
    model_ids,
    declared_sources,
    page_options,
    sign_in,
    clients,
    person_limits,
    policies,
    watch,
)
"""In the order in which they are told."""


def check(deployment: Deployment) -> None:
    """Raise OptionsError for the first rule that does not hold."""
    for rule in RULES:
        rule(deployment)
