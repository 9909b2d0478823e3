"""Why a query found nothing: the smaller questions that tell, and what their answers say."""

from __future__ import annotations

from analyst.emptiness.probe import Probe
from analyst.emptiness.probing import probes
from analyst.emptiness.results import is_empty
from analyst.emptiness.telling import explain

__all__ = ["Probe", "explain", "is_empty", "probes"]
