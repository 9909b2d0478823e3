"""A worker process: waits for questions in the store and hands each to the worker function's handler.

python -m analyst.local.worker
"""

from __future__ import annotations

import logging
import select
import signal
import threading
import time
from types import FrameType

import psycopg2

from analyst import log
from analyst.errors import AnalystError, StoreError
from analyst.identifying import os_user
from analyst.local.functions import Handler, load_function
from analyst.local.model import LocalModel
from analyst.ports import Cancellation
from analyst.settings import Settings
from analyst.stores.questions import CHANNEL
from analyst.stores.state import State
from analyst.wiring import House
from analyst.writer import Writer

logger = logging.getLogger(__name__)

TIDY_SECONDS = 3600.0
LOOK_SECONDS = 1.0
"""How often the store is looked at without a notice: for leases that ran out."""


class Waiting:
    """Finds unfinished questions that nobody works on, and sleeps until there may be one."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._state = State(url)
        self._listener: psycopg2.extensions.connection | None = None

    def questions(self) -> list[str]:
        """Ids of questions to take up; whose turn it is, is for the store to say."""
        rows = self._state.rows(
            "SELECT id FROM questions WHERE status IN ('queued', 'running')"
            " AND (status = 'queued' OR lease_until < now()) ORDER BY asked_at LIMIT 10"
        )
        return [row["id"] for row in rows]

    def sleep(self, seconds: float) -> None:
        """Return at the next notice, or after so many seconds."""
        try:
            if self._listener is None or self._listener.closed:
                self._listener = psycopg2.connect(self._url, connect_timeout=5)
                self._listener.autocommit = True
                self._listener.cursor().execute(f"LISTEN {CHANNEL}")
                return
            select.select([self._listener], [], [], seconds)
            self._listener.poll()
            self._listener.notifies.clear()
        except (psycopg2.Error, OSError):
            self._listener = None
            time.sleep(seconds)


def run(handler: Handler, waiting: Waiting, stop: threading.Event) -> None:
    """Take questions up until somebody wants it to stop."""
    while not stop.is_set():
        try:
            # Several workers see the same list; the store lets only one claim each question.
            took = [handler({"query_id": q}, None)["taken"] for q in waiting.questions() if not stop.is_set()]
        except StoreError:
            logger.warning("the state database does not answer; trying again")
            took = []
        if not any(took):
            waiting.sleep(LOOK_SECONDS)


def tend(house: House) -> None:
    """What a worker does beside its questions: load what the first one would wait for, then tidy up now and then."""
    warm(house)
    while True:
        try:
            house.tidy()
        except AnalystError as error:
            logger.warning("old results could not be removed: %s", error.code)
        time.sleep(TIDY_SECONDS)


def make_files(house: House, stop: threading.Event) -> None:
    """Make large files beside the questions, one at a time, so that no question waits for one."""
    while not stop.is_set():
        try:
            made = house.make_export()
        except AnalystError as error:
            logger.warning("no file can be made right now: %s", error.code)
            made = False
        if not made:
            stop.wait(LOOK_SECONDS)


def warm(house: House) -> None:
    """Have the model read the stable part of the prompt as soon as it is there, so that nobody waits for it.

    Every worker asks for it; the server reads it once.
    """
    try:
        house.embedder.embed(["How many rows are there?"])
    except AnalystError as error:
        logger.warning("there is no embedding model: %s", error.code)
    if house.settings.model != "local" or house.settings.querybot:
        return
    while house.model_state()["state"] in ("arriving", "loading"):
        time.sleep(LOOK_SECONDS)
    try:
        # As whoever will most likely ask, so that the prompt is theirs, and holds nothing that they may not see.
        catalog = house.view(house.sources.get().key, os_user()).catalog
        request = house.analyst.draft_request("How many rows are there?", catalog)
        settings = house.settings
        model = LocalModel(
            url=settings.model_url, key=settings.model_key, data=settings.data, keep_prompt=True
        )
        Writer(sql_model=model).warm(request, cancellation=Cancellation())
    except AnalystError as error:
        logger.info("the prompt was not read ahead: %s", error.code)


def main() -> None:
    """Run one worker; SIGTERM lets the present question go back to the store."""
    settings = Settings.read()
    log.start(settings.log_level)
    stop = threading.Event()

    def leave(number: int, frame: FrameType | None) -> None:
        stop.set()
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, leave)
    function = load_function("data-analyst-worker")
    threading.Thread(target=tend, args=(function.house(),), daemon=True).start()
    threading.Thread(target=make_files, args=(House(settings), stop), daemon=True).start()
    run(function.handler, Waiting(settings.state_url), stop)


if __name__ == "__main__":
    main()
