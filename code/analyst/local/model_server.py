"""The local model behind the OpenAI protocol, as a process of its own.

python -m analyst.local.model_server --model FILE --port N --key-file F --parent PID [--kept FOLDER]
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from analyst import log
from analyst.local.private_files import write_private

logger = logging.getLogger(__name__)

CONTEXT_TOKENS = 8192
BATCH_TOKENS = 128
"""Tokens of a prompt read at a time; between two batches the server notices that nobody listens any more."""
CACHE_MIB = 512
"""Kept prompts; the server's own default would take 8 GB."""
_PARENT_CHECK_SECONDS = 1.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve on 127.0.0.1 until SIGTERM, or until the parent is gone; 1 when the model cannot be loaded."""
    options = _options(arguments)
    log.start("INFO")
    # Python cannot answer a signal while the model loads; nothing has to be tidied up, so none is caught.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_leave_with, args=(options.parent,), daemon=True).start()
    key = options.key_file.read_text(encoding="ascii").strip()
    settings = parameters(model=options.model, port=options.port, key=key, threads=options.threads)
    if options.kept:
        settings.slot_save_path = f"{kept_for(options.kept, options.model)}/"
    return serve(settings, threads=options.threads)


def kept_for(folder: Path, model: Path) -> Path:
    """The folder of kept prompts, emptied first when they are another model's."""
    found = model.stat()
    identity = f"{model} {found.st_size} {found.st_mtime_ns}\n"
    note = folder / "model"
    if not note.exists() or note.read_text(encoding="utf-8") != identity:
        for old in folder.glob("*.prompt"):
            old.unlink(missing_ok=True)
        write_private(note, identity)
    return folder


def serve(settings: Any, *, threads: int) -> int:
    """Load the model and serve it until a signal ends the process; 1 when that cannot be done."""
    import xllamacpp

    started = time.monotonic()
    try:
        server = xllamacpp.Server(settings)
    except RuntimeError as error:
        logger.error("the model server could not start: %s", error)
        return 1
    logger.info(
        "serving %s at %s with %d threads, loaded in %.1f s",
        *(Path(settings.model.path).name, server.listening_address, threads, time.monotonic() - started),
    )
    while True:
        time.sleep(3600)


def parameters(*, model: Path, port: int, key: str, threads: int) -> Any:
    """xllamacpp's settings: one slot, so that one prompt prefix stays warm, and nothing open to others."""
    import xllamacpp

    wanted = xllamacpp.CommonParams()
    wanted.model.path = str(model)
    wanted.model_alias = {model.stem}
    wanted.hostnames = ["127.0.0.1"]
    wanted.port = port
    wanted.api_keys = [key]
    wanted.n_ctx = CONTEXT_TOKENS
    wanted.n_parallel = 1
    wanted.n_batch = wanted.n_ubatch = BATCH_TOKENS
    wanted.cache_ram_mib = CACHE_MIB
    wanted.cpuparams.n_threads = threads
    wanted.cpuparams_batch.n_threads = threads
    wanted.endpoint_metrics = True
    wanted.endpoint_slots = True
    wanted.ui = False
    wanted.offline = True
    wanted.verbosity = 1
    return wanted


def cores() -> int:
    """How many cores the model may use: this process's, and of a larger machine only the real ones."""
    usable = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    if usable <= 4:
        return usable
    import psutil

    return max(4, min(usable, psutil.cpu_count(logical=False) or usable))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="analyst.local.model_server")
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--key-file", type=Path, required=True)
    parser.add_argument("--parent", type=int, required=True)
    parser.add_argument("--kept", type=Path, help="folder for prompts that later starts take up again")
    parser.add_argument("--threads", type=int, default=cores())
    return parser.parse_args(arguments)


def _leave_with(parent: int) -> None:
    """End this process once its parent is another one; Linux does so at once, this serves elsewhere."""
    while os.getppid() == parent:
        time.sleep(_PARENT_CHECK_SECONDS)
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
