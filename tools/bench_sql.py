"""How often the SQL is right: a suite answered, judged and summed up, as `make bench-sql SUITE=… URL=… MODE=…`.

    python tools/bench_sql.py [SUITE] [--url URL] [--mode MODE] [--sample N] [--out FILE] [--record STEP]
                              [--against FILE | --ablate [NAME,NAME]]

Works on any suite with gold (see docs/accuracy.md), and so tells whether a change of prompts, of the model or of
the catalog made the answers better or worse: exit 1 when fewer are right than in the verdicts given with --against.
With --ablate the suite is answered once as it is and once without each technique.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from analyst import prompts
from analyst.cli import main as analyst
from analyst.cli.judge import verdicts_file
from analyst.cli.place import add_source_options, settings_here
from analyst.cli.suite import read_suite
from analyst.errors import AnalystError
from analyst.judging import Verdict, changed
from analyst.question import Mode
from analyst.settings import Settings
from bench_figures import number_text
from documenting import accuracy_page
from sampling import sampled

ROOT = Path(__file__).resolve().parent.parent
SUITE = ROOT / "tools" / "suites" / "flights.jsonl"
RUNS = ROOT / "build" / "bench-sql"
REPLIES = ROOT / "build" / "replies"
"""Where the model's replies are kept while techniques are left out, unless ANALYST_REPLIES names another folder."""
PASSED_ON = ("--leave-one-out", "--cache-only")
SETTINGS_THAT_MATTER = (
    *("without", "few_shot", "words", "words_model_id", "words_rows"),
    *("embedder", "row_limit", "timeout_seconds"),
)
"""Settings that change what is answered, besides the model; named with their values in every report."""


class Unfinished(Exception):
    """A run came to no verdicts; `code` is the command's."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def main(arguments: Sequence[str] | None = None) -> int:
    """Answer, judge, print; 1 when a line of the suite was broken or fewer are right than before."""
    options = _options(arguments)
    try:
        if options.sample:
            options.suite = sampled(options.suite, count=options.sample, folder=RUNS)
        before = read_verdicts(options.against) if options.against else []
        out: Path = options.out or _fresh(options)
        out.parent.mkdir(parents=True, exist_ok=True)
        return _ablation(options, out) if options.ablate else _measurement(options, out, before)
    except (AnalystError, OSError, ValueError) as error:
        sys.stderr.write(f"bench-sql: {error}\n")
        return 2
    except Unfinished as unfinished:
        return unfinished.code or 1


def _measurement(options: argparse.Namespace, out: Path, before: Sequence[Verdict]) -> int:
    settings = settings_here()
    code, verdicts = _judged(options, out)
    run = accuracy_page.run_of(
        verdicts,
        step=options.record or "",
        suite=options.suite.name,
        taken_on=_today(),
        about=_about(settings, options),
    )
    sys.stdout.write(_report(run))
    if options.against:
        sys.stdout.write(_changes(before, verdicts, options.suite))
        code = code or int(_right(before, verdicts) > _right(verdicts, before))
    if options.record:
        accuracy_page.record(run)
    return code


def _ablation(options: argparse.Namespace, out: Path) -> int:
    """The suite as it is and without each technique, with the model's replies kept, as most prompts are the same."""
    import ablating  # no other measurement has to know the techniques

    def answer(name: str) -> list[Verdict]:
        sys.stdout.write(f"\nWithout {name}:\n")
        return _judged(options, ablating.predictions_without(name, out))[1]

    with ablating.environment({"ANALYST_REPLIES": settings_here().replies or str(REPLIES)}):
        settings = settings_here()
        names = ablating.chosen(options.ablate, off=settings.without)
        code, base = _judged(options, out)
        without = ablating.without_each(names, off=settings.without, answer=answer)
    ablation = ablating.ablation_of(
        base,
        without,
        said=ablating.TECHNIQUES,
        step=options.record or "",
        suite=options.suite.name,
        taken_on=_today(),
        about=_about(settings, options),
    )
    sys.stdout.write("\n" + ablating.report(ablation))
    if options.record:
        accuracy_page.record(ablation)
    return code


def _judged(options: argparse.Namespace, out: Path) -> tuple[int, list[Verdict]]:
    """The exit code of `analyst evaluate --judge` and its verdicts; raises Unfinished where it made none."""
    verdicts = verdicts_file(out)
    verdicts.unlink(missing_ok=True)  # of an earlier run on the same predictions
    code = analyst(_command(options, out))
    if code not in (0, 1) or not verdicts.exists():
        raise Unfinished(code)
    return code, read_verdicts(verdicts)


def read_verdicts(path: Path) -> list[Verdict]:
    """The verdicts of a file; raises ValueError or OSError with a sentence."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
        return [Verdict.from_document(json.loads(line)) for line in lines if line.strip()]
    except OSError as error:
        raise OSError(f"{path} cannot be read ({error.strerror}).") from None
    except (ValueError, KeyError, TypeError):
        raise ValueError(f"{path} holds something else than verdicts.") from None


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench-sql", description="How often the SQL is right.")
    parser.add_argument("suite", type=Path, nargs="?", default=SUITE, help="the flights suite by default")
    add_source_options(parser)
    parser.add_argument("--mode", default="fast", choices=[mode.value for mode in Mode])
    for name in PASSED_ON:
        parser.add_argument(name, action="store_true", help="as `analyst evaluate` has it")
    parser.add_argument("--out", type=Path, help="predictions; a second run goes on in them")
    parser.add_argument("--sample", type=_count, metavar="N", help="only N of the questions, always the same")
    one = parser.add_mutually_exclusive_group()
    one.add_argument("--against", type=Path, metavar="VERDICTS", help="an earlier run to compare with")
    one.add_argument(
        "--ablate",
        nargs="?",
        const="all",
        metavar="NAME,NAME",
        help="once more without each technique, or each of these (code/analyst/techniques.py names them)",
    )
    parser.add_argument("--record", metavar="STEP", help="write the figures to docs/accuracy.md by this name")
    return parser.parse_args(arguments)


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError("it is a number of questions, from 1")
    return int(text)


def _command(options: argparse.Namespace, out: Path) -> list[str]:
    where = ["--url", options.url] if options.url else ["--source", options.source]
    command = ["evaluate", str(options.suite), "--judge", "--mode", options.mode, "--out", str(out)]
    return [*command, *where, *_passed_on(options)]


def _passed_on(options: argparse.Namespace) -> list[str]:
    return [name for name in PASSED_ON if getattr(options, name.strip("-").replace("-", "_"))]


def _fresh(options: argparse.Namespace) -> Path:
    now = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    return RUNS / f"{options.suite.stem}-{options.mode}-{now}.jsonl"


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _about(settings: Settings, options: argparse.Namespace) -> dict[str, str]:
    """What a reader has to know to take the same figures again."""
    values = {name: getattr(settings, name) for name in SETTINGS_THAT_MATTER if hasattr(settings, name)}
    shown = {name: " ".join(v) if isinstance(v, tuple) else str(v) for name, v in values.items()}
    return {
        "model": _model(settings),
        "prompts": prompts.digest(),
        "mode": options.mode,
        "options": " ".join(_passed_on(options)),
        "replies": "remembered" if settings.replies else "fresh",
        **{name: value for name, value in shown.items() if value},
    }


def _model(settings: Settings) -> str:
    if settings.model != "local":
        return settings.model_id or settings.model
    from analyst.local.model import NAME

    return f"{NAME} ({Path(settings.model_file).name})" if settings.model_file else NAME


def _report(run: accuracy_page.Run) -> str:
    lines = [f"{name}: {value}" for name, value in run["about"].items() if value]
    for what, values in run["spent"].items():
        shown = ", ".join(f"{name} {number_text(value)}" for name, value in values.items())
        lines.append(f"{what} a question: {shown or 'none'}")
    if run["about"]["replies"] == "remembered":
        lines.append("Replies that were kept before took no time, so the seconds may be too few.")
    return "\n".join(lines) + "\n"


def _right(verdicts: Sequence[Verdict], others: Sequence[Verdict]) -> int:
    """How many are right of the questions that the others hold, too."""
    both = {v.id for v in others}
    return sum(v.outcome.value == "right" for v in verdicts if v.id in both)


def _changes(before: Sequence[Verdict], after: Sequence[Verdict], suite: Path) -> str:
    """Which questions are judged differently now."""
    asked = {case.id: case.question for case in read_suite(suite)[0]}
    pairs = changed(before, after)
    lines = [
        f"  {'+' if new.outcome.value == 'right' else '-' if old.outcome.value == 'right' else ' '} "
        f"{new.id}: {old.outcome.value} -> {new.outcome.value}  {asked.get(new.id, '')}"
        for old, new in pairs
    ]
    left_out = len({v.id for v in before} ^ {v.id for v in after})
    told = f"; {left_out} are in one of the two files only" if left_out else ""
    head = f"Right before {_right(before, after)}, now {_right(after, before)}; {len(pairs)} changed{told}."
    return "\n".join([head, *lines]) + "\n"


if __name__ == "__main__":
    sys.exit(main())
