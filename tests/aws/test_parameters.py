from __future__ import annotations

import json
import math
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber

from analyst.aws.parameters import LARGEST, Parameters, overlay
from analyst.errors import ConfigurationError, StoreError

BUCKET = "analyst-tests"
MODELS = {"sql": "model-a", "words": "", "embedding": "model-e", "few_shot": False}
SOURCES = [{"name": "flights", "engine": "postgres"}]


@pytest.fixture
def ssm(connect: Any) -> Any:
    return connect("ssm")


@pytest.fixture
def s3(connect: Any) -> Any:
    client = connect("s3")
    client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    return client


@pytest.fixture
def parameters(ssm: Any, s3: Any, watch: Any) -> Parameters:
    return Parameters(ssm, prefix="/analyst", bucket=BUCKET, s3=s3, clock=watch)


def put(ssm: Any, name: str, value: Any) -> None:
    text = value if isinstance(value, str) else json.dumps(value)
    ssm.put_parameter(Name=f"/analyst/{name}", Value=text, Type="String", Overwrite=True)


def cut_off(client: Any) -> None:
    def fail(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="https://ssm")

    client.meta.events.register("before-call", fail)


def test_documents_are_read_in_one_call(parameters: Parameters, ssm: Any) -> None:
    put(ssm, "models", MODELS)
    put(ssm, "sources", SOURCES)
    put(ssm, "policies", {"row_limit": 10})
    put(ssm, "granted", {"secrets": []})
    made: list[str] = []
    ssm.meta.events.register("before-call", lambda model, **_: made.append(model.name))
    assert parameters.read() == {"models": MODELS, "sources": SOURCES, "policies": {"row_limit": 10}}
    assert made == ["GetParameters"]


def test_what_is_absent_is_absent(parameters: Parameters, ssm: Any) -> None:
    assert parameters.read() == {}
    assert overlay({}) == {}


def test_another_deployment_has_its_own(ssm: Any) -> None:
    put(ssm, "models", MODELS)
    assert Parameters(ssm, prefix="/other/").read() == {}


def test_documents_are_kept_for_a_while(parameters: Parameters, ssm: Any, watch: Any) -> None:
    put(ssm, "policies", {"row_limit": 1})
    parameters.read()
    put(ssm, "policies", {"row_limit": 2})
    watch.now += 59
    assert parameters.read() == {"policies": {"row_limit": 1}}
    watch.now += 1
    assert parameters.read() == {"policies": {"row_limit": 2}}


def test_a_reader_cannot_change_what_is_kept(parameters: Parameters, ssm: Any) -> None:
    put(ssm, "sources", SOURCES)
    parameters.read()["sources"][0]["name"] = "other"
    assert parameters.read() == {"sources": SOURCES}


def test_a_large_document_is_in_the_bucket(parameters: Parameters, ssm: Any, s3: Any) -> None:
    put(ssm, "sources", {"at": "configuration/sources-1.json"})
    s3.put_object(Bucket=BUCKET, Key="configuration/sources-1.json", Body=json.dumps(SOURCES).encode())
    assert parameters.read() == {"sources": SOURCES}


@pytest.mark.parametrize("place", ["results/x.json", "configuration/x.txt", "/configuration/x.json", 7, None])
def test_a_parameter_points_at_the_configuration_only(parameters: Parameters, ssm: Any, place: Any) -> None:
    put(ssm, "sources", {"at": place})
    with pytest.raises(ConfigurationError, match="/analyst/sources may point"):
        parameters.read()


def test_a_parameter_that_points_at_nothing_is_named(parameters: Parameters, ssm: Any) -> None:
    put(ssm, "sources", {"at": "configuration/none.json"})
    with pytest.raises(ConfigurationError, match="/analyst/sources points at configuration/none"):
        parameters.read()


def test_without_a_bucket_nothing_can_be_pointed_at(ssm: Any) -> None:
    put(ssm, "sources", {"at": "configuration/x.json"})
    with pytest.raises(ConfigurationError, match="there is none"):
        Parameters(ssm).read()


@pytest.mark.parametrize("body", [b'{"a"', b"\xff", b"", b" " * (LARGEST + 1)])
def test_a_broken_document_in_the_bucket_is_named(
    parameters: Parameters, ssm: Any, s3: Any, body: bytes
) -> None:
    put(ssm, "sources", {"at": "configuration/x.json"})
    s3.put_object(Bucket=BUCKET, Key="configuration/x.json", Body=body)
    with pytest.raises(ConfigurationError, match=r"configuration/x\.json"):
        parameters.read()


@pytest.mark.parametrize("text", ["{", "row_limit=5", '{"row_limit": NaN}', "[" * 4000])
def test_a_parameter_that_is_no_json_is_named(parameters: Parameters, ssm: Any, text: str) -> None:
    put(ssm, "policies", text)
    with pytest.raises(ConfigurationError, match="The parameter /analyst/policies holds no valid JSON"):
        parameters.read()


@pytest.mark.parametrize("trouble", ["away", "broken"])
def test_what_was_read_holds_while_nothing_new_can_be_read(
    parameters: Parameters, ssm: Any, watch: Any, caplog: pytest.LogCaptureFixture, trouble: str
) -> None:
    put(ssm, "models", MODELS)
    parameters.read()
    if trouble == "away":
        cut_off(ssm)
    else:
        put(ssm, "models", "{")
    watch.now += 61
    assert parameters.read() == {"models": MODELS}
    assert "still holds" in caplog.text
    caplog.clear()
    watch.now += 59
    parameters.read()
    assert caplog.text == ""


def test_after_a_failure_the_new_is_read_again(parameters: Parameters, ssm: Any, watch: Any) -> None:
    put(ssm, "policies", {"row_limit": 1})
    parameters.read()
    put(ssm, "policies", "{")
    watch.now += 61
    parameters.read()
    put(ssm, "policies", {"row_limit": 2})
    watch.now += 61
    assert parameters.read() == {"policies": {"row_limit": 2}}


def test_nobody_there_at_first_is_a_clear_error(parameters: Parameters, ssm: Any) -> None:
    cut_off(ssm)
    with pytest.raises(StoreError, match=r"cannot be reached for the parameters /analyst/\*"):
        parameters.read()


def test_missing_rights_are_a_clear_error(parameters: Parameters, ssm: Any) -> None:
    with Stubber(ssm) as stubber:
        stubber.add_client_error("get_parameters", "AccessDeniedException", "arn:aws:iam::1:role/x")
        with pytest.raises(ConfigurationError, match="does not let this process") as caught:
            parameters.read()
    assert "arn:" not in str(caught.value)


def test_documents_become_settings() -> None:
    documents = {
        "models": MODELS,
        "policies": {"row_limit": 500, "timeout_seconds": 30, "file": "[roles]"},
        "entrance": {"signer": "arn:aws:elasticloadbalancing:eu-central-1:1:loadbalancer/app/a/b"},
        "sources": [{"name": "Flüge", "port": 5432}],
    }
    assert overlay(documents) == {
        "model_id": "model-a",
        "words_model_id": "",
        "embedder_id": "model-e",
        "few_shot": False,
        "row_limit": 500,
        "timeout_seconds": 30.0,
        "policies_text": "[roles]",
        "oidc_signer": "arn:aws:elasticloadbalancing:eu-central-1:1:loadbalancer/app/a/b",
        "sources": '[{"name":"Flüge","port":5432}]',
    }
    assert isinstance(overlay(documents)["timeout_seconds"], float)


def test_no_source_is_a_list_too() -> None:
    assert overlay({"sources": [], "policies": {}}) == {"sources": "[]"}


def test_nothing_is_asked_before_it_is_said_who_may_see_what() -> None:
    with pytest.raises(ConfigurationError, match="The document policies is missing"):
        overlay({"sources": [{"name": "flights"}]})


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ({"models": {"sql": 7}}, "models, key sql, must be a model's id"),
        ({"models": {"sql": " "}}, "models, key sql"),
        ({"models": {"words": None}}, "models, key words"),
        ({"models": {"embedding": ""}}, "models, key embedding"),
        ({"models": {"few_shot": "false"}}, "models, key few_shot, must be true or false"),
        ({"models": {"few_shot": 1}}, "models, key few_shot"),
        ({"models": {"sqll": "x"}}, "models has no key 'sqll'; it may have sql, words, embedding, few_shot"),
        ({"models": ["x"]}, "models must be an object"),
        ({"policies": None}, "policies must be an object"),
        ({"policies": {"row_limit": 0}}, "policies, key row_limit, must be a whole number above 0"),
        ({"policies": {"row_limit": True}}, "policies, key row_limit"),
        ({"policies": {"row_limit": 1.5}}, "policies, key row_limit"),
        ({"policies": {"row_limit": "5"}}, "policies, key row_limit"),
        ({"policies": {"timeout_seconds": -1}}, "policies, key timeout_seconds, must be a number above 0"),
        ({"policies": {"timeout_seconds": math.inf}}, "policies, key timeout_seconds"),
        ({"policies": {"timeout_seconds": 10**400}}, "policies, key timeout_seconds"),
        ({"policies": {"timeout_seconds": False}}, "policies, key timeout_seconds"),
        ({"policies": {"file": " "}}, "policies, key file, must be the text of a policies.toml"),
        ({"policies": {"file": ["[roles]"]}}, "policies, key file"),
        ({"entrance": {"signer": ""}}, "entrance, key signer, must be the ARN of the load balancer"),
        ({"entrance": {"signers": "x"}}, "entrance has no key 'signers'"),
        ({"policies": {}, "sources": {"name": "x"}}, "sources must be a list"),
        ({"policies": {}, "sources": [{}, "x"]}, "sources, entry 2, must be an object"),
        ({"granted": {}}, "no document 'granted'; there are sources, models, policies, entrance"),
    ],
)
def test_what_does_not_fit_is_named(document: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ConfigurationError, match=sentence):
        overlay(document)
