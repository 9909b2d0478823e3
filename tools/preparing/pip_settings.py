"""pip's settings (index, mirror, certificates) said in uv's words, which does not read pip's files."""

from __future__ import annotations

import ast
from collections.abc import Mapping

# What pip calls a setting, and what uv calls the same.
UV_NAMES = {
    "index-url": "UV_INDEX_URL",
    "extra-index-url": "UV_EXTRA_INDEX_URL",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "client-cert": "SSL_CLIENT_CERT",
    "proxy": "HTTPS_PROXY",
    "timeout": "UV_HTTP_TIMEOUT",
}
UV_SEPARATOR = {"find-links": ","}


def parse(listed: str) -> dict[str, str]:
    """pip's settings from `pip config list`: the environment wins over `install`, that over `global`."""
    ranks = {"global": 0, "install": 1, ":env:": 2}
    found: dict[str, tuple[int, str]] = {}
    for line in listed.splitlines():
        name, _, value = line.partition("=")
        section, _, key = name.partition(".")
        rank = ranks.get(section, -1)
        if rank >= found.get(key, (0, ""))[0]:
            found[key] = (rank, str(ast.literal_eval(value)))
    return {key: value for key, (_, value) in found.items()}


def translate(settings: Mapping[str, str]) -> dict[str, str]:
    """pip's settings as uv's environment variables.

    pip takes the best file of all its indexes; uv stops at the first index that knows the name, unless told
    otherwise. The hashes in the locks make both equally safe.
    """
    translated = {
        UV_NAMES[key]: UV_SEPARATOR.get(key, " ").join(value.split())
        for key, value in settings.items()
        if key in UV_NAMES and value.strip()
    }
    if "UV_EXTRA_INDEX_URL" in translated:
        translated["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    if settings.get("no-index", "").lower() in ("1", "true", "yes", "on"):
        translated["UV_NO_INDEX"] = "1"
    return translated
