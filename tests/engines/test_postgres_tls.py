"""Who the server is, proved by authorities of the tests' own."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tcp_proxy import TlsFront, through, upstream_of

from analyst.aws.database_login import Logins
from analyst.engines.postgres import PostgresEngine
from analyst.engines.redshift import RedshiftEngine
from analyst.engines.redshift_session import for_driver
from analyst.engines.roots import public_roots, rds_bundle
from analyst.errors import DatabaseError, QueryFailed
from analyst.source import Source, source_of
from analyst.sources import SourceTable


@dataclass
class _Authority:
    """Signs certificates in a folder."""

    folder: Path
    name: str

    def __post_init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self.name)])
        own = self._builder(self._subject, self._key).add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        )
        self.roots = self.folder / f"{self.name}.pem"
        self.roots.write_bytes(own.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))

    def certificate(self, address: str) -> tuple[Path, Path]:
        """A server's certificate for an address or a name, and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "server")])
        names = x509.SubjectAlternativeName([_general_name(address)])
        made = (
            self._builder(subject, key).add_extension(names, critical=False).sign(self._key, hashes.SHA256())
        )
        files = self.folder / f"{self.name}-{address}.crt", self.folder / f"{self.name}-{address}.key"
        files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
        plain = serialization.NoEncryption()
        pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
        files[1].write_bytes(key.private_bytes(pem, form, plain))
        return files

    def _builder(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
        )


def _general_name(address: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(address))
    except ValueError:
        return x509.DNSName(address)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> _Authority:
    return _Authority(tmp_path_factory.mktemp("tls"), "ours")


@pytest.fixture
def front(authority: _Authority, postgres_url: str) -> Iterator[Callable[[str], TlsFront]]:
    made: list[TlsFront] = []

    def make(address: str) -> TlsFront:
        certificate, key = authority.certificate(address)
        made.append(TlsFront(upstream_of(postgres_url), certificate=certificate, key=key))
        return made[-1]

    yield make
    for one in made:
        one.__exit__()


def _url(postgres_url: str, front: TlsFront, options: str, *, scheme: str = "postgresql") -> str:
    url = through(postgres_url, front.port, scheme=scheme)
    return url.replace("sslmode=disable", options)


def test_the_right_server(authority: _Authority, front: Callable[[str], TlsFront], postgres_url: str) -> None:
    url = _url(postgres_url, front("127.0.0.1"), f"sslmode=verify-full&sslrootcert={authority.roots}")
    assert PostgresEngine(url).can_write()


@pytest.mark.parametrize("case", ["another name", "another authority", "no roots"])
def test_the_wrong_server(
    authority: _Authority, front: Callable[[str], TlsFront], postgres_url: str, case: str
) -> None:
    roots = authority.roots
    if case == "another authority":
        roots = _Authority(authority.folder, "theirs").roots
    elif case == "no roots":
        roots = authority.folder / "not-there.pem"
    made = front("127.0.0.2" if case == "another name" else "127.0.0.1")
    url = _url(postgres_url, made, f"sslmode=verify-full&sslrootcert={roots}")
    with pytest.raises(DatabaseError, match="No secure connection") as caught:
        PostgresEngine(url).can_write()
    assert not caught.value.retryable


def test_redshift_verifies_by_public_roots_unless_told_otherwise(
    authority: _Authority, front: Callable[[str], TlsFront], postgres_url: str
) -> None:
    made = front("127.0.0.1")
    with pytest.raises(DatabaseError, match="No secure connection"):
        RedshiftEngine(_url(postgres_url, made, "x=").replace("?x=&", "?")).can_write()
    own = _url(postgres_url, made, f"sslrootcert={authority.roots}", scheme="redshift")
    assert "sslmode=verify-full" in for_driver(own)
    with pytest.raises(QueryFailed):  # connected, to a Postgres that knows no query group
        RedshiftEngine(own).can_write()


# --- RDS, by the bundle that the deployment or this machine has

RDS = "shop.abc123.eu-central-1.rds.amazonaws.com"
PROXY = "shop.proxy-abc123.eu-central-1.rds.amazonaws.com"


class _Tokens:
    """Stands in for boto3's client, which signs a token without asking anybody."""

    def generate_db_auth_token(self, **_: Any) -> str:
        return "token"


def _table(url: str, bundle: object, *, secret: str = "") -> SourceTable:
    source = replace(source_of(url, name="shop"), secret=secret)
    login = {"username": urlsplit(url).username or "", "password": "p"}
    logins = Logins(lambda service, region: _Tokens())
    return SourceTable([source], login=lambda _: login, logins=logins, rds_bundle=str(bundle))


def _can_write(table: SourceTable) -> bool:
    (source,) = table.all
    engine = table.engine(source.key, query_id="")
    assert isinstance(engine, PostgresEngine)
    return engine.can_write()


def _in_rds(postgres_url: str, front: TlsFront, *, options: str = "", host: str = RDS) -> str:
    """The database as one of that name, which leads to this machine."""
    url = through(postgres_url, front.port).replace("@127.0.0.1:", f"@{host}:")
    return url.replace("sslmode=disable", f"hostaddr=127.0.0.1{options}")


@pytest.mark.parametrize(
    ("options", "secret"),
    [("", ""), ("&sslmode=verify-full", "arn:s"), ("&login=iam", "")],
    ids=["silent", "secret", "iam"],
)
def test_rds_is_verified_by_its_bundle(
    authority: _Authority, front: Callable[[str], TlsFront], postgres_url: str, options: str, secret: str
) -> None:
    url = _in_rds(postgres_url, front(RDS), options=options)
    assert _can_write(_table(url, authority.roots, secret=secret))
    theirs = _Authority(authority.folder, "theirs").roots
    with pytest.raises(DatabaseError, match="No secure connection"):
        _can_write(_table(url, theirs, secret=secret))
    another = _in_rds(postgres_url, front("other.abc123.eu-central-1.rds.amazonaws.com"), options=options)
    with pytest.raises(DatabaseError, match="No secure connection"):
        _can_write(_table(another, authority.roots, secret=secret))


def test_what_the_source_says_comes_first(
    authority: _Authority, front: Callable[[str], TlsFront], postgres_url: str
) -> None:
    theirs = _Authority(authority.folder, "theirs").roots
    for options in ("&sslmode=require", f"&sslmode=verify-full&sslrootcert={authority.roots}"):
        assert _can_write(_table(_in_rds(postgres_url, front(RDS), options=options), theirs))


def test_without_the_bundle_it_is_told_where_it_comes_from(
    front: Callable[[str], TlsFront], postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The driver's own place for authorities, which somebody may have filled.
    monkeypatch.setenv("HOME", str(tmp_path))
    url = _in_rds(postgres_url, front(RDS), options="&sslmode=verify-full")
    for bundle in (tmp_path / "not-there.pem", ""):
        with pytest.raises(DatabaseError, match=r"certificate authority is missing.*analyst sources check"):
            _can_write(_table(url, bundle))


@pytest.mark.parametrize(
    ("url", "roots"),
    [
        (f"postgresql://u@{RDS}/d", "/b.pem"),
        (f"postgres://u@{RDS.upper()}:5432/d?connect_timeout=3", "/b.pem"),
        ("postgresql://u@db.abc.rds.cn-north-1.amazonaws.com.cn/d", "/b.pem"),
        ("postgresql://u@proxy-db.abc123.eu-central-1.rds.amazonaws.com/d", "/b.pem"),
        (f"postgresql://u@{PROXY}/d", public_roots()),
        (f"postgresql://u@reader.endpoint.{PROXY.partition('.')[2]}/d", public_roots()),
        (f"postgresql://u@{RDS}/d?sslmode=require", ""),
        (f"postgresql://u@{RDS}/d?sslrootcert=/own.pem", "/own.pem"),
        (f"postgresql://u@{RDS}.example.com/d", ""),
        ("postgresql://u@rds.amazonaws.com/d?sslmode=verify-full", ""),
        ("postgresql:///d?host=/run/postgresql", ""),
    ],
)
def test_which_hosts_are_verified_by_which_authorities(url: str, roots: str) -> None:
    made = SourceTable([], rds_bundle="/b.pem").url_of(Source(name="s", key="k", url=url))
    assert parse_qs(urlsplit(made).query).get("sslrootcert", [""]) == [roots]
    assert ("sslmode=verify-full" in made) is (roots not in ("", "/own.pem") or "verify-full" in url)
    assert made.startswith(url)


def test_the_bundle_is_found_in_the_cache_and_what_is_named_comes_first(tmp_path: Path) -> None:
    file = tmp_path / "rds" / "global-bundle.pem"
    file.parent.mkdir()
    file.write_text("authorities", encoding="utf-8")
    assert rds_bundle("", cache=tmp_path) == str(file)
    assert rds_bundle("/opt/rds/global-bundle.pem", cache=tmp_path) == "/opt/rds/global-bundle.pem"


def test_amazons_roots_are_among_the_public_ones() -> None:
    found = ssl.create_default_context(cafile=public_roots()).get_ca_certs()
    names = {value for one in found for ((key, value),) in one["subject"] if key == "commonName"}
    assert {f"Amazon Root CA {number}" for number in (1, 2, 3, 4)} <= names
