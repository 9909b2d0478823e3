"""What is stored: the product's database, and how long things are kept."""

from __future__ import annotations

from checks.refusing import between, like, one_of
from checks.shapes import TLS
from deployment import Deployment


def database(deployment: Deployment) -> None:
    """RDS takes the database."""
    what = "an instance class without its db. in front, such as t4g.small"
    like("database_instance", deployment.database_instance, r"[a-z][a-z0-9-]*\d[a-z0-9-]*\.[a-z0-9]+", what)
    between("database_storage_gb", deployment.database_storage_gb, low=20, high=6_000)
    between("database_backup_days", deployment.database_backup_days, low=1, high=35)
    between("database_max_connections", deployment.database_max_connections, low=10, high=5_000)
    between("database_rotation_days", deployment.database_rotation_days, low=0, high=1_000)
    one_of("database_tls", deployment.database_tls, TLS)


def kept(deployment: Deployment) -> None:
    """Things are kept for days that there are."""
    between("keep_results_days", deployment.keep_results_days, low=1, high=3_650)
    between("keep_questions_days", deployment.keep_questions_days, low=1, high=3_650)
    between("keep_audit_days", deployment.keep_audit_days, low=1, high=36_500)
    between("athena_cutoff_gb", deployment.athena_cutoff_gb, low=1, high=1_000_000)
