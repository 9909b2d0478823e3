"""What the embedded server is told: settings for a small machine, and who may come in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

PORT = 5432
"""Only part of the socket's name: the server listens on no network address."""

SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "jit": "off",
    "fsync": "on",
    # Nothing replicates from here; a table filled in the transaction that made it then needs no log.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "max_wal_size": "512MB",
    # Shared memory files in the data folder: in /dev/shm they would be open to the server's OS user, and
    # containers often have next to none of it.
    "dynamic_shared_memory_type": "mmap",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "default_text_search_config": "pg_catalog.english",
    "allow_alter_system": "off",
    # Errors of queries, and the details of any message, can hold data or SQL: they stay out of the log.
    "log_destination": "stderr",
    "logging_collector": "off",
    "log_min_messages": "log",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_min_duration_statement": "-1",
    "log_statement": "none",
    "log_checkpoints": "off",
    "log_connections": "",
    "log_line_prefix": "%m [%p] ",
}


def write_settings(folder: Path, *, data: Path, sockets: Path, users: Sequence[str]) -> Path:
    """Write the server's three configuration files; returns the main one. Raises OSError.

    `users` are the OS users that may connect, as whatever database role they name. The files are ours and
    not the server's to change.
    """
    folder.mkdir(mode=0o755, exist_ok=True)
    folder.chmod(0o755)
    places = {
        "data_directory": str(data),
        "hba_file": str(folder / "pg_hba.conf"),
        "ident_file": str(folder / "pg_ident.conf"),
        "unix_socket_directories": f'"{sockets}"',
    }
    lines = [f"{name} = {_quoted(value)}" for name, value in {**SETTINGS, **places}.items()]
    _write(folder / "pg_hba.conf", ["local all all peer map=own"])
    _write(folder / "pg_ident.conf", [f'own "{user}" all' for user in users])
    return _write(folder / "postgresql.conf", lines)


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def _write(path: Path, lines: Sequence[str]) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    path.chmod(0o644)
    return path
