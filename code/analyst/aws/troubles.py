"""What AWS's errors mean, in sentences that hold nothing of a request or a reply."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator, Mapping
from typing import Any

from analyst.errors import AnalystError, StoreError

logger = logging.getLogger(__name__)

_ABSENT = frozenset({"nosuchkey", "404", "notfound", "resourcenotfoundexception", "parameternotfound"})
# A HEAD has no body, so its status is all the code there is.
_DENIED = frozenset({"accessdenied", "accessdeniedexception", "403", "forbidden"})
_CREDENTIALS = frozenset(
    {
        "expiredtoken",
        "expiredtokenexception",
        "invalidaccesskeyid",
        "invalidclienttokenid",
        "invalidsignatureexception",
        "signaturedoesnotmatch",
        "unrecognizedclientexception",
    }
)
_NO_CREDENTIALS = frozenset(
    {"NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError", "TokenRetrievalError"}
)
_BUSY = frozenset(
    {
        "requestlimitexceeded",
        "slowdown",
        "throttling",
        "throttlingexception",
        "toomanyrequestsexception",
        "toomanyupdates",
    }
)
_UNREACHABLE = frozenset(
    {
        "ConnectTimeoutError",
        "ConnectionClosedError",
        "ConnectionError",
        "EndpointConnectionError",
        "ProxyConnectionError",
        "ReadTimeoutError",
        "SSLError",
    }
)


@contextlib.contextmanager
def aws_errors(
    what: str, *, missing: AnalystError | None = None, wrong: type[AnalystError] = StoreError
) -> Iterator[None]:
    """Turn what botocore raises into an error for the user; `what` ("the stored results") is its object.

    Raises `missing` where AWS does not know the thing, `wrong` for what only a person can mend (rights,
    credentials, a bucket that is not there), StoreError for the rest. The log gets AWS's code, never its text.
    """
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if missing is not None and code.lower() in _ABSENT:
            raise missing from None
        logger.error("%s: %s at %s", what, code, error.operation_name)
        raise _refused(error.response, what=what, wrong=wrong) from None
    except (BotoCoreError, ResponseParserError) as error:
        kind = type(error).__name__
        logger.error("%s: %s", what, kind)
        raise _not_done(kind, what=what, wrong=wrong) from None


def _refused(response: Mapping[str, Any], *, what: str, wrong: type[AnalystError]) -> AnalystError:
    code = str(response.get("Error", {}).get("Code", "")).lower()
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    if code in _DENIED:
        return wrong(f"AWS does not let this process use {what}.")
    if code in _CREDENTIALS:
        return wrong(f"AWS refused the credentials for {what}.")
    if code == "nosuchbucket":
        return wrong(f"The bucket of {what} does not exist.")
    if code in _BUSY or status == 429:
        return StoreError(f"AWS has too many requests for {what} right now. Try again in a moment.")
    return StoreError(f"AWS cannot give {what} right now. Try again in a moment.")


def _not_done(kind: str, *, what: str, wrong: type[AnalystError]) -> AnalystError:
    if kind in _NO_CREDENTIALS:
        return wrong(f"No AWS credentials were found for {what}.")
    if kind in _UNREACHABLE:
        return StoreError(f"AWS cannot be reached for {what} right now. Try again in a moment.")
    if kind == "ParamValidationError":
        return wrong(f"The name of {what} is none that AWS knows.")
    return StoreError(f"AWS cannot give {what} right now. Try again in a moment.")
