"""The model's status as the page and the gateway read it."""

from __future__ import annotations

from pathlib import Path

from analyst.local.model_status import ModelState, ModelStatus, ModelStatusFile, read_model_status

ARRIVING = ModelState.ARRIVING


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_what_is_shown_is_read(tmp_path: Path) -> None:
    path = tmp_path / "status.json"
    status = ModelStatus(state=ModelState.FAILED, done=1, total=3, message="No network.")
    ModelStatusFile(path).show(status)
    assert read_model_status(path) == status
    assert status.percent == 33
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["status.json"]


def test_nothing_and_nonsense_are_no_status(tmp_path: Path) -> None:
    path = tmp_path / "status.json"
    assert read_model_status(path) is None
    for text in ("", "[]", "{}", '{"state": "asleep"}', '{"state": "ready", "mood": "good"}'):
        path.write_text(text)
        assert read_model_status(path) is None


def test_progress_is_written_now_and_then_and_a_change_of_state_at_once(tmp_path: Path) -> None:
    path, clock = tmp_path / "status.json", Clock()
    file = ModelStatusFile(path, every_seconds=0.5, clock=clock)
    seen = []
    for state, done, now in [
        (ARRIVING, 1, 0.0),
        (ARRIVING, 2, 0.4),
        (ARRIVING, 3, 0.6),
        (ARRIVING, 4, 0.7),
        (ModelState.LOADING, 4, 0.71),
    ]:
        clock.now = now
        file.show(ModelStatus(state=state, done=done, total=4))
        found = read_model_status(path)
        assert found is not None
        seen.append((found.state, found.done))
    assert seen == [(ARRIVING, 1), (ARRIVING, 1), (ARRIVING, 3), (ARRIVING, 3), (ModelState.LOADING, 4)]
