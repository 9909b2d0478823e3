"""What Bedrock's errors mean, in sentences that hold nothing of the request."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from analyst.errors import ModelError, ModelThrottled, ModelTimeout, ModelUnavailable

_BUSY = "Bedrock has too much to do for {model} right now."
_AWAY = "Bedrock is not available for {model} right now."
_CREDENTIALS = "AWS refused the credentials for {model}."

_TROUBLES: Mapping[str, tuple[type[ModelError], str]] = MappingProxyType(
    {
        "throttlingexception": (ModelThrottled, _BUSY),
        "toomanyrequestsexception": (ModelThrottled, _BUSY),
        "servicequotaexceededexception": (ModelThrottled, _BUSY),
        "serviceunavailableexception": (ModelUnavailable, _AWAY),
        "internalserverexception": (ModelUnavailable, _AWAY),
        "internalfailure": (ModelUnavailable, _AWAY),
        "modelnotreadyexception": (ModelUnavailable, "The model {model} is still being made ready."),
        "modeltimeoutexception": (ModelTimeout, "The model {model} did not answer in time."),
        "accessdeniedexception": (
            ModelError,
            "AWS does not let these credentials use {model}: it needs model access in {region} "
            "and the right bedrock:InvokeModel.",
        ),
        "resourcenotfoundexception": (ModelError, "Bedrock does not know the model {model} in {region}."),
        "validationexception": (
            ModelError,
            "Bedrock refused the request for {model} in {region} as invalid.",
        ),
        "unrecognizedclientexception": (ModelError, _CREDENTIALS),
        "invalidclienttokenid": (ModelError, _CREDENTIALS),
        "invalidsignatureexception": (ModelError, _CREDENTIALS),
        "expiredtokenexception": (ModelError, "The AWS credentials for {model} have expired."),
    }
)
"""Error code in lower case (a stream spells it otherwise than a response) -> error and its sentence."""

_NO_CREDENTIALS = frozenset(
    {
        "NoCredentialsError",
        "PartialCredentialsError",
        "CredentialRetrievalError",
        "TokenRetrievalError",
        "SSOTokenLoadError",
        "UnauthorizedSSOTokenError",
        "ProfileNotFound",
    }
)
_TIMEOUTS = frozenset({"ReadTimeoutError", "ConnectTimeoutError"})
_UNREACHABLE = frozenset(
    {"EndpointConnectionError", "ConnectionClosedError", "ConnectionError", "ProxyConnectionError"}
)


def refused(response: Mapping[str, Any], *, model: str, region: str) -> ModelError:
    """The error for a `ClientError.response`; a ModelUnavailable may pass by itself."""
    error = response.get("Error") or {}
    code = str(error.get("Code", "")).lower()
    if code == "validationexception" and "on-demand throughput" in str(error.get("Message", "")):
        return ModelError(f"{model} is reached through an inference profile: give that profile's id instead.")
    kind, sentence = _TROUBLES.get(code, (ModelError, "Bedrock answered with an error for {model}."))
    return kind(sentence.format(model=model, region=region))


def not_sent(error: Exception, *, model: str, region: str) -> ModelError:
    """The error for what botocore raises on its own side: no credentials, no region, nobody there."""
    kind = type(error).__name__
    if kind in _NO_CREDENTIALS:
        return ModelError(f"No AWS credentials were found for {model}.")
    if kind in _TIMEOUTS:
        return ModelTimeout(f"The model {model} did not answer in time.")
    if kind in _UNREACHABLE:
        return ModelUnavailable(f"Bedrock cannot be reached in {region}.")
    return ModelError(f"The request for {model} could not be made.")
