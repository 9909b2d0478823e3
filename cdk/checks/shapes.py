"""What a value looks like that several rules know."""

from __future__ import annotations

TLS = ("verify-full", "require", "prefer", "disable")
REGION = r"[a-z]{2}(?:-[a-z]+)+-\d"
ACCOUNT = rf"{REGION}:\d{{12}}"
"""A region and an account, as ARNs have them."""
SECRET = rf"arn:aws[a-z-]*:secretsmanager:{ACCOUNT}:secret:[A-Za-z0-9/_+=.@-]+"
