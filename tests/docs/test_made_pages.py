"""The pages made from the code: they follow it, and whoever writes an option badly hears of it."""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import document
from analyst import errors
from deployment import Deployment, ModelOptions, SourceOptions
from documenting import blocks, costs_page, options_page
from documenting.fields import option_fields
from options import read_deployment

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
LINK = re.compile(r"\[[^\]]+\]\(([^)#\s]*)(?:#([^)\s]+))?\)")
PAGES = sorted(DOCS.glob("*.md"))


def test_the_pages_are_up_to_date() -> None:
    assert document.main(["--check"]) == 0


@pytest.mark.parametrize("name", ["options.md", "costs.md"])
def test_a_page_that_was_changed_by_hand_is_noticed(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for page in document.PAGES:
        (tmp_path / page).write_text((DOCS / page).read_text(encoding="utf-8"), encoding="utf-8")
    changed = (tmp_path / name).read_text(encoding="utf-8").replace("| `", "| `x", 1)
    changed = changed.replace("| us-east-1 |", "| us-west-9 |", 1)
    (tmp_path / name).write_text(changed, encoding="utf-8")
    monkeypatch.setattr(document, "DOCS", tmp_path)
    assert document.main(["--check"]) == 1
    assert name in capsys.readouterr().err
    assert document.main([]) == 0
    assert (tmp_path / name).read_text(encoding="utf-8") == (DOCS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("described", "within"), [(Deployment, ""), (ModelOptions, "models."), (SourceOptions, "sources[].")]
)
def test_every_option_is_on_the_page(described: type, within: str) -> None:
    page = options_page.text()
    for one in dataclasses.fields(described):
        assert f"| `{within}{one.name}` |" in page


def test_defaults_are_as_json_has_them() -> None:
    page = options_page.text()
    assert "| whole number | `1000000` |" in page and "| true or false | `false` |" in page
    assert "| `sources[].name` | What people call it. | text | needed |" in page


def test_the_example_of_options_is_a_deployment() -> None:
    example = json.loads(options_page.EXAMPLE.partition("```json")[2].partition("```")[0])
    assert read_deployment(example, None).sources[0].name == "shop"


def test_an_option_without_a_sentence_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "options.py"
    file.write_text(
        'class A:\n    b: str = ""\n    """Said."""\n    c: int = 1\n    d: int = 2\n    """Said."""\n'
    )
    with pytest.raises(ValueError, match="c has no sentence"):
        option_fields(file, "A")


def test_comments_are_headings_until_the_next(tmp_path: Path) -> None:
    file = tmp_path / "options.py"
    file.write_text(
        'class A:\n    """All."""\n\n    a: str\n    """One."""\n\n    # later\n    b: str\n    """Two."""\n'
        '    c: bool = True\n    """Three."""\n'
    )
    assert [(f.name, f.heading, f.default) for f in option_fields(file, "A")] == [
        ("a", "", ""),
        ("b", "later", ""),
        ("c", "later", "True"),
    ]


def test_a_block_that_is_missing_or_unknown_is_refused() -> None:
    page = "words\n<!-- made: one -->\nold\n<!-- end -->\nmore\n"
    assert blocks.filled(page, {"one": "new"}) == page.replace("old", "new")
    with pytest.raises(ValueError, match="two"):
        blocks.filled(page, {"one": "", "two": ""})
    with pytest.raises(ValueError, match="one"):
        blocks.filled(page, {})


def test_the_cost_page_keeps_peoples_words() -> None:
    page = (DOCS / "costs.md").read_text(encoding="utf-8").replace("# What it costs", "# Ours")
    assert costs_page.text(page) == page


def test_every_error_code_is_explained() -> None:
    page = (DOCS / "operating.md").read_text(encoding="utf-8")
    kinds = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.AnalystError)
    ]
    gateway = re.findall(r'code="(\w+)"', (ROOT / "cdk/pieces/gateway_errors.py").read_text(encoding="utf-8"))
    assert len(kinds) > 20 and len(gateway) > 10
    told = set(
        re.findall(r"`(\w+)`", "".join(line.split("|")[1] for line in page.splitlines() if line[:3] == "| `"))
    )
    assert {kind.code for kind in kinds} | set(gateway) | {"worker_lost"} <= told


def test_every_alarm_is_explained() -> None:
    source = (ROOT / "cdk/pieces/alarms.py").read_text(encoding="utf-8")
    names = re.findall(r'name=f?"([\w{}-]+)"', source)
    functions = ("data-analyst", "data-analyst-worker", "querybot")
    alarms = {name.replace("{name}", function) for name in names for function in functions}
    assert len(alarms) == 15
    page = (DOCS / "operating.md").read_text(encoding="utf-8")
    assert not [alarm for alarm in alarms if f"`{alarm}`" not in page]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for place, anchor in LINK.findall(page.read_text(encoding="utf-8")):
        if place.startswith("http"):
            continue
        target = (page.parent / place) if place else page
        assert target.exists(), f"{page.name} links to {place}"
        if anchor:
            assert anchor in anchors(target), f"{page.name} links to {place}#{anchor}"


def anchors(page: Path) -> set[str]:
    """The headings of a page as its links name them."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def test_json_on_the_pages_is_json_of_real_options() -> None:
    text = (DOCS / "deploying.md").read_text(encoding="utf-8")
    known = {
        f.name
        for described in (Deployment, ModelOptions, SourceOptions)
        for f in dataclasses.fields(described)
    }
    found = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    assert len(found) >= 7
    for example in found:
        keys = json.loads(example.replace("[ … ]", "[]"))
        assert set(keys) <= known


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_options_named_on_the_pages_exist(page: Path) -> None:
    """A word in backquotes that begins like an option's is one."""
    text = page.read_text(encoding="utf-8")
    known = {one.name for one in dataclasses.fields(Deployment)}
    prefixes = ("database_", "ui_", "oidc_", "nat_", "keep_", "throttle_", "athena_", "model_", "bastion_")
    named = set(re.findall(rf"`((?:{'|'.join(prefixes)})[a-z_]+)`", text))
    prices = set(
        re.findall(
            r"^(?:\[.*\.)?(\w+)(?: =|\])", (DOCS / "prices.toml").read_text(encoding="utf-8"), re.MULTILINE
        )
    )
    codes = {"model_unavailable", "model_throttled", "model_timeout", "database_unavailable"}
    assert named <= known | prices | codes


@pytest.mark.parametrize("name", ["deployer", "operator"])
def test_a_policy_takes_another_name(name: str) -> None:
    page = (DOCS / "operating.md").read_text(encoding="utf-8")
    rule = re.search(r"sed -E '([^']+)'", page)
    assert rule is not None
    script = rule[1].replace("NAME", "shop")
    policy = DOCS / "policies" / f"{name}.json"
    renamed = subprocess.run(["sed", "-E", script, policy], capture_output=True, text=True, check=True).stdout
    left = re.findall(r"[\w-]*analyst[\w-]*", json.dumps(json.loads(renamed)))
    assert set(left) <= {"shop-data-analyst", "shop-data-analyst-worker"}
    assert "shop-bastion" in renamed or name == "deployer"


def test_costs_are_told_for_options_of_ones_own(tmp_path: Path) -> None:
    options = tmp_path / "options.json"
    options.write_text('{"database_instance": "t4g.micro", "bastion": false}')
    told = subprocess.run(
        [sys.executable, ROOT / "tools/costs.py", "--analysts", "1", "--options", options],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert re.search(r"^bastion +0\.00$", told, re.MULTILINE) and "together" in told


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--region", "mars-north-1"], "mars-north-1"),
        (["--analysts", "0"], "--analysts"),
        (["--options", "{options}"], "nat_gatways"),
    ],
)
def test_wrong_wishes_are_one_sentence(arguments: list[str], says: str, tmp_path: Path) -> None:
    options = tmp_path / "options.json"
    options.write_text('{"nat_gatways": 2}')
    given = [argument.replace("{options}", str(options)) for argument in arguments]
    done = subprocess.run([sys.executable, ROOT / "tools/costs.py", *given], capture_output=True, text=True)
    assert done.returncode == 2 and says in done.stderr and len(done.stderr.splitlines()) == 1
