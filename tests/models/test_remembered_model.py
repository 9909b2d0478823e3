"""Replies that are kept."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from analyst.errors import Cancelled, ModelUnavailable
from analyst.models.remembered import RememberedModel
from analyst.ports import Cancellation, Prompt, Reply
from analyst.question import Usage

PROMPT = Prompt(system="s", messages=(("user", "How many?"),))


class Counting:
    """A model that says how often it was asked."""

    def __init__(self, name: str = "m") -> None:
        self.name = name
        self.calls = 0
        self.down = False

    def complete(self, prompt: Prompt, *, cancellation: Cancellation) -> Reply:
        if self.down:
            raise ModelUnavailable("It is down.")
        self.calls += 1
        return Reply(
            text=f"reply {self.calls} é", cut=True, usage=Usage(model=self.name, prompt_tokens=7, calls=1)
        )


def ask(model: RememberedModel, prompt: Prompt = PROMPT) -> Reply:
    return model.complete(prompt, cancellation=Cancellation())


def test_the_same_prompt_is_asked_once_even_in_another_run(tmp_path: Path) -> None:
    inner = Counting()
    first = ask(RememberedModel(inner, tmp_path / "new" / "folder"))
    again = ask(RememberedModel(inner, tmp_path / "new" / "folder"))
    assert inner.calls == 1
    assert (again.text, again.cut, again.usage.prompt_tokens) == (first.text, True, 7)
    assert (first.usage.calls, again.usage.calls) == (1, 0)


@pytest.mark.parametrize(
    "other",
    [
        replace(PROMPT, system="t"),
        replace(PROMPT, messages=(("user", "How much?"),)),
        replace(PROMPT, max_tokens=401),
        replace(PROMPT, temperature=0.7),
        replace(PROMPT, stop=("x",)),
    ],
)
def test_any_part_of_the_prompt_makes_another_reply(tmp_path: Path, other: Prompt) -> None:
    inner = Counting()
    model = RememberedModel(inner, tmp_path)
    assert ask(model).text != ask(model, other).text


def test_so_do_the_model_and_its_settings(tmp_path: Path) -> None:
    inner = Counting()
    models = [
        RememberedModel(inner, tmp_path),
        RememberedModel(inner, tmp_path, settings={"file": "a"}),
        RememberedModel(inner, tmp_path, settings={"file": "b"}),
    ]
    assert len({ask(model).text for model in models}) == 3
    assert ask(RememberedModel(Counting("other"), tmp_path)).usage.model == "other"


def test_samples_differ_within_a_run_and_agree_between_runs(tmp_path: Path) -> None:
    inner, warm = Counting(), replace(PROMPT, temperature=0.8)
    first, second = (RememberedModel(inner, tmp_path) for _ in range(2))
    samples = [ask(first, warm).text for _ in range(3)]
    assert len(set(samples)) == 3
    assert [ask(second, warm).text for _ in range(3)] == samples and inner.calls == 3


def test_warming_a_server_is_no_reply_to_keep(tmp_path: Path) -> None:
    inner = Counting()
    model = RememberedModel(inner, tmp_path)
    for _ in range(2):
        ask(model, replace(PROMPT, max_tokens=1))
    assert inner.calls == 2


def test_a_damaged_file_is_asked_for_again_and_mended(tmp_path: Path) -> None:
    inner = Counting()
    ask(RememberedModel(inner, tmp_path))
    (file,) = tmp_path.glob("*/*.json")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.write_text('{"text": ')
    assert ask(RememberedModel(inner, tmp_path)).text == ask(RememberedModel(inner, tmp_path)).text
    assert inner.calls == 2


def test_a_failure_is_not_kept_and_neither_is_half_a_file(tmp_path: Path) -> None:
    inner = Counting()
    inner.down = True
    with pytest.raises(ModelUnavailable):
        ask(RememberedModel(inner, tmp_path))
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_a_folder_that_cannot_be_written_costs_no_answer(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert ask(RememberedModel(Counting(), tmp_path / "file")).text.startswith("reply")


def test_a_wish_to_stop_holds_for_kept_replies_too(tmp_path: Path) -> None:
    model = RememberedModel(Counting(), tmp_path)
    ask(model)
    cancellation = Cancellation()
    cancellation.wish()
    with pytest.raises(Cancelled):
        model.complete(PROMPT, cancellation=cancellation)
