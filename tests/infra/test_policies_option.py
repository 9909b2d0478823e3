"""The option `policies`: where the file is, what is checked of it, and how it gets to the functions."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from synthesis import OIDC

import plan
from analyst import policies
from analyst.aws.parameters import overlay
from checks import people
from deployment import OptionsError
from options import read_deployment

ROOT = Path(__file__).parents[2]
AWS = '[[people]]\naws = "arn:aws:iam::111122223333:role/Analysts"\nrole = "sales"\n'
SALES = '[roles.sales.sources.shop]\ntables = ["public.*"]\n'
GOOD = f"{AWS}\n{SALES}"
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Options in one folder and policies beside them; the options file."""

    def written(text: str | bytes | None = GOOD, **options: object) -> Path:
        if text is not None:
            content = text if isinstance(text, bytes) else text.encode()
            (tmp_path / "policies.toml").write_bytes(content)
        file = tmp_path / "options.json"
        file.write_text(json.dumps({"policies": "policies.toml", **options}), encoding="utf-8")
        return file

    return written


def documents(file: Path, folder: Path) -> dict[str, object]:
    list(plan.documents(read_deployment({}, str(file)), folder))
    found: dict[str, object] = json.loads((folder / "policies.json").read_text(encoding="utf-8"))
    return found


def test_the_file_gets_to_the_functions_as_it_is(write: Write, tmp_path: Path) -> None:
    text = GOOD + "# Grüße, {{1}}\r\n"
    assert overlay({"policies": documents(write(text), tmp_path)})["policies_text"] == text


def test_without_policies_there_is_no_text(write: Write, tmp_path: Path) -> None:
    found = documents(write(None, policies=""), tmp_path)
    assert "file" not in found and "policies_text" not in overlay({"policies": found})


def test_the_path_begins_where_the_option_stands(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write()
    monkeypatch.chdir(tmp_path)
    assert read_deployment({}, file.name).policies == str(tmp_path / "policies.toml")
    file.write_text("{}", encoding="utf-8")
    with pytest.raises(OptionsError, match=r"cdk/policies\.toml cannot be read"):
        read_deployment({"policies": "policies.toml"}, str(file))
    whole = str(tmp_path / "policies.toml")
    assert read_deployment({"policies": whole}, None).policies == whole


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (None, "cannot be read: no such file or directory."),
        (b"\xff", "is not UTF-8."),
        ("[roles", "is not TOML: Expected"),
        (GOOD + "# " + "x" * people.LARGEST, "is larger than 1 MB."),
        (GOOD + "[rolls.sales]", "rolls is not known"),
        ("", "must have at least one role"),
        ("roles = 1", "must have at least one role"),
        (AWS + "[roles.sales]", "the role sales has no source"),
        (SALES, "must say who has which role"),
        ("people = [1]\n" + SALES, "must say who has which role"),
        ('[[people]]\nrole = "sales"\n' + SALES, "people, entry 1, must have exactly one of os, aws, oidc"),
        (AWS + 'os = "*"\n' + SALES, "people, entry 1, must have exactly one of"),
        (AWS.replace('"sales"', '"sale"') + SALES, "people, entry 1, must have a role that is in the file"),
        ('[[people]]\nos = "*"\nrole = "sales"\n' + SALES, "people come in by aws, and no entry"),
    ],
)
def test_what_is_wrong_is_one_sentence(write: Write, text: str | bytes | None, sentence: str) -> None:
    with pytest.raises(OptionsError) as caught:
        read_deployment({}, str(write(text)))
    told = str(caught.value)
    assert told.startswith("policies: ") and sentence in told and "\n" not in told and told.endswith(".")


def test_where_people_sign_in_the_file_has_to_be_about_them(write: Write) -> None:
    with pytest.raises(OptionsError, match="people come in by oidc, and no entry of people has oidc"):
        read_deployment({}, str(write(**OIDC)))
    signed_in = '[[people]]\noidc = { groups = "bi" }\nrole = "sales"\n'
    assert read_deployment({}, str(write(signed_in + GOOD, **OIDC)))


@pytest.mark.parametrize("file", ["docs/policies.example.toml"])
def test_what_the_product_accepts_is_not_refused_before(write: Write, file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    assert policies.read(text).roles
    assert read_deployment({}, str(write(text)))


def test_a_difference_is_told_by_lines(write: Write, tmp_path: Path) -> None:
    documents(write(), tmp_path)
    lines = "\n".join(plan.pretty(read_deployment({}, None), tmp_path / "policies.json")).splitlines()
    assert '    "[roles.sales.sources.shop]",' in lines


@pytest.mark.parametrize(
    ("key", "wrong"), [("token_hours", 169), ("person_per_minute", -1), ("person_at_once", -1)]
)
def test_limits_of_people_have_bounds(key: str, wrong: int) -> None:
    with pytest.raises(OptionsError, match=f"^{key}: must be between"):
        read_deployment({key: wrong}, None)
