"""`sources.toml`: what it may hold, and how a wrong one is told: by file, source and key, never by value."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path, PurePosixPath
from urllib.parse import parse_qs, urlsplit

import pytest

from analyst.engines.athena_address import address_of
from analyst.engines.redshift_data_calls import place_of
from analyst.errors import ConfigurationError
from analyst.source import source_of, source_of_document
from analyst.sources import entries_of, read_sources
from analyst.sources_file import read_entries
from deployment import SourceOptions
from plan import source_document

ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop-AbCdEf"
WHOLE = f"""
[sources.shop]
engine = "postgres"
title = "The shop"
description = "Orders since 2019"
address = "db.internal:5432"
database = "shop & more"
secret = "{ARN}"
ca = "certificates/rds.pem"
options = "-c search_path=sales"
reuse_seconds = 900

[sources.house]
engine = "redshift"
default = true
address = "wg.123456789012.eu-central-1.redshift-serverless.amazonaws.com"
database = "dev"
login = "iam"
region = "eu-central-1"
workgroup = "wg"

[sources.calls]
engine = "redshift"
via = "data-api"
cluster = "Big"
database = "dev"
user = "reader"
region = "eu-central-1"

[sources.lake]
engine = "athena"
workgroup = "analysts"
database = "sales"
databases = ["web", "sales"]
region = "eu-central-1"
catalog = "AwsDataCatalog"
output = "s3://results/here/"
result_reuse_minutes = 60
large_gb = 2.5

[sources.here]
engine = "postgres"
address = "/run/postgresql:5433"
database = "here"
user = "reader"
"""


def test_every_kind_of_source_is_read_and_the_default_one_comes_first() -> None:
    found = {
        entry.name: entry.source
        for entry in read_entries(WHOLE, file="s.toml", folder=PurePosixPath("/etc/a"))
    }
    assert list(found) == ["house", "shop", "calls", "lake", "here"]
    shop, house, calls, lake, here = (found[name] for name in ("shop", "house", "calls", "lake", "here"))
    assert shop and house and calls and lake and here
    assert (shop.key, shop.secret, shop.reuse_seconds) == (
        "postgres://db.internal:5432/shop & more",
        ARN,
        900,
    )
    assert (shop.shown_title, shop.description, house.shown_title) == (
        "The shop",
        "Orders since 2019",
        "House",
    )
    asked = parse_qs(urlsplit(shop.url).query)
    assert asked["sslmode"] == ["verify-full"] and asked["sslrootcert"] == ["/etc/a/certificates/rds.pem"]
    assert "options=-c%20search_path%3Dsales" in shop.url
    assert house.key.endswith("redshift-serverless.amazonaws.com:5439/dev") and ":5439/" in house.url
    assert "login=iam" in house.url and house.engine_word == "Redshift"
    assert dict(place_of(calls.url).target) == {
        "ClusterIdentifier": "Big",
        "Database": "dev",
        "DbUser": "reader",
    }
    assert (calls.key, calls.engine, calls.reader) == ("redshift://Big/dev", "redshift", "reader")
    address = address_of(lake.url)
    assert (address.databases, address.reuse_minutes, address.large_bytes) == (
        ("sales", "web"),
        60,
        2_500_000_000,
    )
    assert (lake.key, lake.reader) == ("athena://analysts/sales", "AwsDataCatalog:web")
    assert (here.key, here.reader) == ("postgres://local/here", "reader")
    assert here.url == "postgresql://reader@/here?host=%2Frun%2Fpostgresql&port=5433"


def test_a_secret_of_the_data_api_stays_with_the_engine() -> None:
    text = f'[sources.a]\nengine = "redshift"\nvia = "data-api"\nworkgroup = "Wg"\ndatabase = "d"\nsecret = "{ARN}"'
    (entry,) = read_entries(text, file="s.toml")
    assert entry.source and not entry.source.secret and entry.source.reader == ARN
    assert place_of(entry.source.url).target["SecretArn"] == ARN


SHOP = '[sources.shop]\nengine = "postgres"\naddress = "h:1"\ndatabase = "d"\n'
LAKE = '[sources.a]\nengine = "athena"\nworkgroup = "w"\ndatabase = "d"\n'
CANARY = "canary-password"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SHOP, "'shop' has no 'secret', 'user' or 'login'"),
        (SHOP + f'secret = "{CANARY}"', "'shop' has a wrong 'secret': it must be the ARN of a secret"),
        (SHOP + f'password = "{CANARY}"', "'password', which postgres does not know; it may have address, ca,"),
        (SHOP + f'user = "u"\ntls = "{CANARY}"', "wrong 'tls': it must be one of \"disable\", \"prefer\""),
        (SHOP + 'user = "u"\nreuse_seconds = 604801', "wrong 'reuse_seconds': it must be a whole number, 0 to 604800"),
        (SHOP + 'user = "u"\nreuse_seconds = true', "wrong 'reuse_seconds'"),
        (SHOP + 'user = "u"\ndefault = "yes"', "wrong 'default': it must be true or false"),
        (SHOP + 'secret = "env:A"\nlogin = "iam"', "'login' and 'secret'"),
        (SHOP + 'login = "iam"', "no 'user', which a login by IAM needs"),
        (SHOP + 'user = "u"\nregion = "eu-central-1"', "has a 'region', which is for login"),
        (SHOP.replace("h:1", f"u:{CANARY}@h:1"), "wrong 'address': it must be \"host:port\""),
        (SHOP.replace("h:1", "/run") + 'user = "u"\ntls = "require"', "which a socket on this machine does not have"),
        ('[sources.shop]\nengine = "oracle"', "wrong 'engine': it must be one of \"postgres\""),
        ("[sources.shop]\n", "'shop' has no 'engine'"),
        ('[sources.shop]\nengine = "athena"', "has no 'workgroup' and no 'database', which athena needs"),
        (LAKE + 'secret = "env:A"', "which athena does not know"),
        (LAKE + 'databases = "e"', "must be a list of names"),
        (LAKE + 'output = "/tmp"', 'must begin with "s3://"'),
        ('[sources.a]\nengine = "redshift"\nvia = "data-api"\ndatabase = "d"', "either 'workgroup' or 'cluster'"),
        (SHOP.replace("postgres", "redshift") + 'user = "u"\ncluster = "c"', "which are for login"),
        ('[sources."a b"]\nengine = "athena"', "has a name with other signs"),
        ("[sources]\nshop = 1", "is not a table"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_source_is_named(text: str, said: str) -> None:
    (entry,) = read_entries(text, file="my.toml")
    assert entry.source is None and said in entry.problem and entry.problem.startswith("In my.toml")
    assert CANARY not in entry.problem


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"[sources.a\n{CANARY}", "is no valid TOML"),
        ("[source.a]\n", "'source' is not known; each source is a table"),
        ("", "holds no source"),
        (WHOLE.replace("reuse_seconds = 900", "default = true"), "shop and house are both the default"),
    ],
)
def test_a_file_that_is_none_is_refused_as_a_whole(text: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "sources.toml"
    file.write_text(text)
    with pytest.raises(ConfigurationError) as refused:
        read_sources(str(file))
    assert said in str(refused.value) and str(file) in str(refused.value) and CANARY not in str(refused.value)


def test_the_setting_names_the_file_from_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sources.toml").write_text(SHOP + 'secret = "file:pw"\nca = "/etc/ca.pem"')
    monkeypatch.chdir(tmp_path)
    (source,) = read_sources("sources.toml").all
    assert source.secret == f"file:{tmp_path}/pw" and "sslrootcert=%2Fetc%2Fca.pem" in source.url
    with pytest.raises(ConfigurationError, match=r"The sources in absent.toml cannot be read"):
        read_sources("absent.toml")
    assert read_sources(WHOLE).all[0].name == "house"


def test_one_database_under_two_names_would_mix_them_up(tmp_path: Path) -> None:
    again = SHOP.replace("sources.shop", "sources.again") + 'user = "v"\n'
    first, second = entries_of(SHOP + 'user = "u"\n' + again)
    assert (
        first.source
        and second.problem == "The sources 'shop' and 'again' are the same database; keep one of them."
    )
    with pytest.raises(ConfigurationError, match="are the same database"):
        read_sources(SHOP + 'user = "u"\n' + again)


def test_what_a_deployment_passes_is_read_too() -> None:
    options = SourceOptions(name="lake", engine="athena", glue_databases=("sales", "web"))
    athena = source_of_document(source_document(options, own="analysts"))
    assert (athena.key, address_of(athena.url).databases) == ("athena://analysts/sales", ("sales", "web"))
    served = SourceOptions(name="house", engine="redshift", address="h:5439", database="dev", secret_arn=ARN)
    redshift = source_of_document(source_document(served, own="analysts"))
    assert (redshift.url, redshift.secret) == ("redshift://h:5439/dev?sslmode=verify-full", ARN)


def test_urls_of_every_engine_open_by_their_schemes() -> None:
    urls = {
        "pg": "postgresql://u@h/d?sslmode=disable",
        "wire": "redshift://u@h:5439/d?sslmode=require",
        "calls": "redshift-data://Wg/d?region=eu-central-1",
        "lake": "athena://w/d?region=eu-central-1&databases=a,b&reuse_seconds=60",
    }
    table = read_sources(" ".join(f"{name}={url}" for name, url in urls.items()))
    assert [s.key for s in table.all][2:] == ["redshift://Wg/d", "athena://w/d"]
    assert table.get("lake").reuse_seconds == 60 and "reuse" not in table.get("lake").url
    spoken = []
    for source in table.all:
        with closing(table.engine(source.name, query_id="q")) as engine:
            spoken.append(engine.dialect)
    assert spoken == ["postgres", "redshift", "redshift", "athena"]
    assert source_of("redshift://u:p@h/d?sslmode=require").url == "redshift://u:p@h:5439/d?sslmode=require"
    for wrong in ("athena:///d", "redshift-data://wg", "mysql://h/d"):
        with pytest.raises(ConfigurationError, match="entry 'a'"):
            read_sources(f"a={wrong}")
