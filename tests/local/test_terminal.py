"""What a person sees, on a terminal and in a log."""

from __future__ import annotations

import contextlib
import io
import os

from analyst.local.terminal import Terminal


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_one_line_moves() -> None:
    screen = Screen()
    terminal = Terminal(screen)
    terminal.progress("Model", "10 %")
    terminal.progress("Model", "10 %")
    terminal.progress("Model", "20 %")
    terminal.say("Model", "ready")
    assert screen.getvalue().count("10 %") == 1
    assert screen.getvalue().count("\n") == 1
    assert screen.getvalue().endswith("\r\x1b[KModel        ready\n")


def test_without_a_terminal_lines_are_few_and_plain() -> None:
    out, now = io.StringIO(), [0.0]
    terminal = Terminal(out, every_seconds=5, clock=lambda: now[0])
    for second in range(12):
        now[0] = float(second)
        terminal.progress("Model", f"{second} %")
    terminal.progress("Sample", "half")
    terminal.say("Model", "ready")
    labels = [line.split()[1] for line in out.getvalue().splitlines()]
    assert labels == ["0", "5", "10", "half", "ready"]
    assert "\r" not in out.getvalue()


def test_a_terminal_that_is_gone_stops_nothing() -> None:
    read, write = os.pipe()
    os.close(read)
    with contextlib.suppress(BrokenPipeError), open(write, "w") as stream:
        Terminal(stream).say("Ready", "all")
