from __future__ import annotations

import json
import logging
import traceback
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber

from analyst.aws.secrets import Secrets
from analyst.errors import AnalystError, ConfigurationError, StoreError

NAME = "analyst/prod/database"
PASSWORD = "correct-horse-battery"
FIELDS = {"host": "db.internal", "port": 5432, "username": "analyst", "password": PASSWORD, "dbname": None}


@pytest.fixture
def client(connect: Any) -> Any:
    return connect("secretsmanager")


@pytest.fixture
def arn(client: Any) -> str:
    created: str = client.create_secret(Name=NAME, SecretString=json.dumps(FIELDS))["ARN"]
    return created


def calls(client: Any) -> list[str]:
    made: list[str] = []
    client.meta.events.register("before-call", lambda model, **_: made.append(model.name))
    return made


def cut_off(client: Any) -> None:
    def fail(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="https://secretsmanager")

    client.meta.events.register("before-call", fail)


def test_a_secret_is_text_by_field(client: Any, arn: str) -> None:
    assert dict(Secrets(client).get(arn)) == {
        "host": "db.internal",
        "port": "5432",
        "username": "analyst",
        "password": PASSWORD,
    }


def test_a_secret_can_be_asked_for_by_its_name(client: Any, arn: str) -> None:
    assert Secrets(client).get(NAME) == Secrets(client).get(arn)


def test_a_secret_is_kept_for_a_while(client: Any, arn: str, watch: Any) -> None:
    secrets = Secrets(client, ttl_seconds=60, clock=watch)
    made = calls(client)
    secrets.get(arn)
    watch.now += 59
    secrets.get(arn)
    assert made == ["GetSecretValue"]
    watch.now += 1
    secrets.get(arn)
    assert made == ["GetSecretValue"] * 2


def test_fresh_reads_a_changed_password(client: Any, arn: str, watch: Any) -> None:
    secrets = Secrets(client, clock=watch)
    secrets.get(arn)
    client.put_secret_value(SecretId=arn, SecretString=json.dumps(FIELDS | {"password": "new"}))
    assert secrets.get(arn)["password"] == PASSWORD
    assert secrets.get(arn, fresh=True)["password"] == "new"
    assert secrets.get(arn)["password"] == "new"


def test_a_secret_is_never_shown(client: Any, arn: str) -> None:
    secrets = Secrets(client)
    secret = secrets.get(arn)
    for text in (repr(secret), str(secret), f"{secret}", repr(secrets), f"{[secret]}"):
        assert PASSWORD not in text
        assert "db.internal" not in text
    assert "database" in repr(secret)


def test_what_was_read_holds_while_aws_is_away(
    client: Any, arn: str, watch: Any, caplog: pytest.LogCaptureFixture
) -> None:
    secrets = Secrets(client, clock=watch)
    secrets.get(arn)
    cut_off(client)
    watch.now += 61
    assert secrets.get(arn)["password"] == PASSWORD
    assert "still holds" in caplog.text
    assert PASSWORD not in caplog.text
    with pytest.raises(StoreError, match="cannot be reached"):
        secrets.get(arn, fresh=True)


def test_nothing_holds_once_a_right_is_gone(client: Any, arn: str, watch: Any) -> None:
    secrets = Secrets(client, clock=watch)
    secrets.get(arn)
    watch.now += 61
    with Stubber(client) as stubber:
        stubber.add_client_error("get_secret_value", "AccessDeniedException", http_status_code=400)
        with pytest.raises(ConfigurationError):
            secrets.get(arn)


@pytest.mark.parametrize(
    "text",
    [
        PASSWORD,
        f'{{"password": "{PASSWORD}"',
        f'["{PASSWORD}"]',
        f'{{"a": {{"password": "{PASSWORD}"}}}}',
        f'{{"a": ["{PASSWORD}"]}}',
        f'{{"password": "{PASSWORD}", "a": true}}',
        "[" * 100_000,
    ],
)
def test_a_secret_of_another_shape_is_named_and_not_shown(
    client: Any, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    client.create_secret(Name=NAME, SecretString=text)
    caplog.set_level(logging.DEBUG, logger="analyst")
    with pytest.raises(ConfigurationError, match="The secret database ") as caught:
        Secrets(client).get(NAME)
    assert PASSWORD not in "".join(traceback.format_exception(caught.value))
    assert caught.value.__context__ is None
    assert PASSWORD not in caplog.text


def test_a_binary_secret_is_of_another_shape(client: Any) -> None:
    client.create_secret(Name=NAME, SecretBinary=b"{}")
    with pytest.raises(ConfigurationError, match="JSON object"):
        Secrets(client).get(NAME)


def test_a_secret_that_is_not_there_is_named(client: Any) -> None:
    with pytest.raises(ConfigurationError, match="There is no secret database in AWS Secrets Manager"):
        Secrets(client).get(NAME)


@pytest.mark.parametrize(
    ("code", "kind", "sentence"),
    [
        ("AccessDeniedException", ConfigurationError, "does not let this process use the secret database"),
        ("InvalidRequestException", ConfigurationError, "secret database is marked for deletion"),
        ("DecryptionFailure", ConfigurationError, "decrypt the secret database"),
        ("ExpiredTokenException", ConfigurationError, "refused the credentials for the secret database"),
        ("ThrottlingException", StoreError, "too many requests for the secret database"),
        ("InternalServiceError", StoreError, "cannot give the secret database right now"),
    ],
)
def test_what_aws_refuses_is_one_plain_sentence(
    client: Any, code: str, kind: type[AnalystError], sentence: str
) -> None:
    with Stubber(client) as stubber:
        stubber.add_client_error("get_secret_value", code, "arn:aws:iam::123456789012:role/x")
        with pytest.raises(kind, match=sentence) as caught:
            Secrets(client).get(NAME)
    assert "arn:" not in str(caught.value)


def test_nobody_there_is_a_clear_error(client: Any) -> None:
    cut_off(client)
    with pytest.raises(StoreError, match="cannot be reached for the secret database"):
        Secrets(client).get(NAME)
