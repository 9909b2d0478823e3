"""Who the server is, proved by authorities of the tests' own."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tcp_proxy import TlsFront, through, upstream_of

from analyst.engines.postgres import PostgresEngine
from analyst.engines.redshift import RedshiftEngine
from analyst.engines.redshift_session import for_driver
from analyst.errors import DatabaseError, QueryFailed


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
        """A server's certificate for an address, and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "server")])
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
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
