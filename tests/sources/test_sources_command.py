"""`analyst sources`: one line a step, what to do about it, and never a password or a word of AWS's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from athena.parts import athena as athena
from athena.parts import world as world
from athena.server import AthenaStandIn
from athena.world import Fault, World
from houses import NewDatabase
from redshift_stand_in import CATALOG, DataApi, RedshiftWire
from tcp_postgres import TcpPostgres
from tcp_proxy import upstream_of

from analyst.cli import main
from analyst.source_check import _Failed, _workgroup

PASSWORD = "canary-p@ss/word"


def shop(server: TcpPostgres, **changes: object) -> str:
    given = {
        "engine": "postgres",
        "address": f"127.0.0.1:{server.port}",
        "database": "shop",
        "tls": "disable",
    }
    given |= {"user": "reader", "secret": "file:shop.secret", **changes}
    name = given.pop("name", "shop")
    lines = [f"{key} = {json.dumps(value)}" for key, value in given.items() if value is not None]
    return "\n".join([f"[sources.{name}]", *lines, ""])


@pytest.fixture
def file(tmp_path: Path, secret: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ANALYST_SOURCES", "sources.toml")
    return tmp_path / "sources.toml"


def checked(capsys: pytest.CaptureFixture[str], *names: str) -> tuple[int, list[dict[str, Any]]]:
    code = main(["sources", "check", "--json", *names])
    said = capsys.readouterr()
    assert "canary" not in said.out + said.err
    return code, json.loads(said.out)["sources"]


def states(source: dict[str, Any]) -> dict[str, str]:
    return {step["name"]: step["state"] for step in source["steps"]}


def test_all_is_good(server: TcpPostgres, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(shop(server))
    code, (found,) = checked(capsys)
    assert code == 0 and found["works"] and found["engine"] == "Postgres"
    names = ["entry", "secret", "host", "login", "tls", "tables", "rights", "query"]
    assert states(found) == {name: "note" if name == "tls" else "good" for name in names}
    said = [step["said"] for step in found["steps"]]
    assert said[5].startswith("1 table can be read, in ") and said[6] == "The user can only read."
    assert main(["sources", "check"]) == 0
    text = capsys.readouterr().out
    assert text.startswith(
        "shop (Postgres)\n  ok      entry      The entry is complete: postgres://127.0.0.1:"
    )
    assert (
        "  note    tls        The connection is not encrypted.\n" in text
        and 'Set tls = "verify-full"' in text
    )


def test_every_source_is_tried_and_a_wrong_one_does_not_hide_the_others(
    server: TcpPostgres, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(
        shop(server, user="owner")
        + shop(server, name="typo", adress="x", address=None)
        + shop(server, name="far", address="127.0.0.1:1")
        + shop(server, name="nameless", address="no-such-host.invalid:5432")
        + shop(server, name="ghost", database="ghost")
        + shop(server, name="kept", database="kept", secret="env:NOBODY_SET_THIS")
    )
    code, found = checked(capsys)
    assert code == 5
    shop_, typo, far, nameless, ghost, kept = found
    assert shop_["works"] and states(shop_)["rights"] == "note"
    assert states(typo) == {"entry": "failed", "everything else": "not tried"}
    assert "has the key 'adress'" in typo["steps"][0]["said"]
    assert states(far) | {"entry": "", "secret": ""} == {
        "entry": "",
        "secret": "",
        "host": "failed",
        **dict.fromkeys(("login", "tls", "tables", "rights", "query"), "not tried"),
    }
    assert far["steps"][2]["said"] == "Nothing answers at 127.0.0.1:1." and far["steps"][2]["next"]
    assert nameless["steps"][2]["said"] == "The host name no-such-host.invalid is not known from here."
    assert ghost["steps"][3]["said"] == "The server has no database of that name."
    assert kept["steps"][1]["said"].startswith("The variable NOBODY_SET_THIS")
    assert checked(capsys, "shop")[0] == 0 and checked(capsys, "far")[0] == 5
    assert main(["sources", "check", "nobody"]) == 2
    assert "There is no source 'nobody'; there is shop, typo" in capsys.readouterr().err
    assert main(["sources", "list"]) == 0
    listed = capsys.readouterr().out
    assert listed.startswith(f"shop: Postgres, postgres://127.0.0.1:{server.port}/shop\ntyp")
    assert "canary" not in listed


def test_a_wrong_password_and_a_server_without_tls(
    server: TcpPostgres, file: Path, secret: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(shop(server, tls="require"))
    _, (found,) = checked(capsys)
    assert states(found)["login"] == "failed" and states(found)["tls"] == "not tried"
    assert "secure connection" in found["steps"][3]["said"] and "as ca" in found["steps"][3]["next"]
    secret.write_text("canary-wrong")
    file.write_text(shop(server))
    code, (found,) = checked(capsys)
    assert code == 5 and "did not accept the user name or password" in found["steps"][3]["said"]
    assert "password in the secret" in found["steps"][3]["next"]
    secret.chmod(0o644)
    _, (found,) = checked(capsys)
    assert "chmod 600" in found["steps"][1]["said"]


def test_a_user_who_may_read_nothing(
    server: TcpPostgres, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.add_role("nobody", PASSWORD)
    file.write_text(shop(server, user="nobody"))
    code, (found,) = checked(capsys)
    assert (
        code == 5
        and states(found)["tables"] == "failed"
        and "Grant the user USAGE" in found["steps"][5]["next"]
    )


def test_nothing_but_the_setting_is_read_wrong(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text("[sources.a\ncanary")
    assert main(["sources", "check"]) == 2
    said = capsys.readouterr().err
    assert "sources.toml is no valid TOML" in said and "canary" not in said
    monkeypatch.setenv("ANALYST_SOURCES", "absent.toml")
    assert main(["sources", "list"]) == 2


LAKE = """[sources.lake]
engine = "athena"
workgroup = "analysts"
database = "shop"
region = "eu-central-1"
"""


def test_athena(athena: AthenaStandIn, world: World, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(LAKE)
    code, (found,) = checked(capsys)
    assert (code, states(found)["workgroup"], states(found)["tables"]) == (5, "note", "failed")
    assert "any number of bytes" in found["steps"][1]["said"]
    world.add_table("orders", [("id", "bigint")])
    world.duck.execute("CREATE TABLE shop.orders (id bigint)")
    code, (found,) = checked(capsys)
    assert code == 0 and states(found) == {
        "entry": "good", "workgroup": "note", "tables": "good", "rights": "good", "query": "good"
    }  # fmt: skip
    world.workgroups["analysts"].output = ""
    code, (found,) = checked(capsys)
    assert code == 5 and 'output = "s3://…"' in found["steps"][1]["next"]
    file.write_text(LAKE + 'output = "s3://results/here/"\n')
    assert states(checked(capsys)[1][0])["workgroup"] == "note"


def test_what_aws_says_is_in_no_line(
    athena: AthenaStandIn, world: World, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    message = "User: arn:aws:iam::123456789012:role/canary is not authorized"
    world.faults["GetWorkGroup"].append(Fault(code="AccessDeniedException", message=message))
    file.write_text(LAKE)
    code, (found,) = checked(capsys)
    assert code == 5 and states(found)["workgroup"] == "failed" and found["steps"][1]["next"]
    assert "arn:aws" not in json.dumps(found)
    file.write_text(LAKE.replace("analysts", "nowhere"))
    code, (found,) = checked(capsys)
    assert code == 5 and states(found)["workgroup"] == "failed"
    assert "WorkGroup is not found" not in json.dumps(found)


def test_an_ended_session_with_aws_is_to_be_begun_anew(
    athena: AthenaStandIn, world: World, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world.faults["GetWorkGroup"].append(Fault(code="ExpiredTokenException", message="expired"))
    file.write_text(LAKE)
    code, (found,) = checked(capsys)
    assert code == 5 and "aws sso login" in found["steps"][1]["next"]


def test_the_limit_of_a_workgroup_is_told() -> None:
    kept = {"ResultConfiguration": {"OutputLocation": "s3://r/"}, "BytesScannedCutoffPerQuery": 25 * 10**9}
    found = _workgroup({"Configuration": kept}, name="w", output="")
    assert found.said.endswith("stops queries at 25 GB.") and not found.next
    with pytest.raises(_Failed, match="switched off"):
        _workgroup({"State": "DISABLED"}, name="w", output="s3://r/")


def test_redshift_over_the_wire_and_by_calls(
    new_database: NewDatabase, athena: AthenaStandIn, file: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    url = new_database(CATALOG + "CREATE TABLE public.orders (id integer)")
    database = url.partition("@/")[2].partition("?")[0]
    with RedshiftWire(upstream_of(url)) as wire, DataApi(url) as api:
        monkeypatch.setenv("AWS_ENDPOINT_URL", api.url)
        file.write_text(
            f'[sources.wire]\nengine = "redshift"\naddress = "127.0.0.1:{wire.port}"\n'
            f'database = "{database}"\nuser = "postgres"\ntls = "disable"\n'
            '[sources.calls]\nengine = "redshift"\nvia = "data-api"\nworkgroup = "Analysts"\n'
            f'database = "{database}"\nregion = "eu-central-1"\n'
        )
        code, (over_wire, by_calls) = checked(capsys)
        assert code == 0, (over_wire, by_calls)
        assert over_wire["engine"] == by_calls["engine"] == "Redshift"
        assert states(by_calls) == {
            "entry": "good", "login": "good", "tls": "good", "tables": "good", "rights": "note", "query": "good"
        }  # fmt: skip
        api.refuse_next("AccessDeniedException", "canary: not authorized", times=9)
        code, (by_calls,) = checked(capsys, "calls")
    assert (
        code == 5
        and states(by_calls)["login"] == "failed"
        and "redshift-data" in by_calls["steps"][1]["next"]
    )
