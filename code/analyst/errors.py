"""The one tree of errors: each knows its code, its HTTP status, its exit code and what may be done next."""

from __future__ import annotations

from analyst.question import Usage


class AnalystError(Exception):
    """Something went wrong; `str(error)` is one plain sentence that a user may see."""

    code = "internal"
    status = 500
    exit_code = 1
    repairable = False
    """The model may be asked to write the SQL again."""
    retryable = False
    """The very same call may succeed a moment later."""


class WrongUsage(AnalystError):
    """The request or command itself is wrong; seen by whoever sent it."""

    code, status, exit_code = "wrong_usage", 400, 2


class TooLarge(WrongUsage):
    """The request is larger than what is accepted; seen by whoever sent it."""

    code, status = "too_large", 413


class NotFound(WrongUsage):
    """A question, session, source or example of that id is not known to the asker."""

    code, status = "not_found", 404


class Forbidden(AnalystError):
    """The key is missing or wrong; seen by whoever sent the request."""

    code, status, exit_code = "forbidden", 403, 3


class Unauthorized(AnalystError):
    """Nobody has verified who sends the request; seen by the sender."""

    code, status, exit_code = "unauthorized", 401, 3


class TooMany(AnalystError):
    """One person asks more, or more at once, than one person may; seen by them, with how long to wait."""

    code, status, retryable = "too_many", 429, True


class Conflict(AnalystError):
    """The thing is in a state that does not allow this; seen by the user."""

    code, status = "conflict", 409


class ConfigurationError(AnalystError):
    """A setting is missing or wrong; seen by whoever starts the product, and names the setting."""

    code, exit_code = "configuration", 2


class StartupError(AnalystError):
    """A part of the local installation cannot be started; seen on the terminal."""

    code = "startup"


class Refused(AnalystError):
    """The guard or a policy does not let this SQL run; seen by the user with the reason."""

    code, status, exit_code = "refused", 403, 3
    repairable = True

    def __init__(self, message: str, *, rule: str = "") -> None:
        super().__init__(message)
        self.rule = rule
        """Name of the guard's rule that refused."""


class CannotAnswer(AnalystError):
    """The catalog holds nothing that answers the question, or it has to be clarified first."""

    code, status, exit_code = "cannot_answer", 422, 4


class Miss(CannotAnswer):
    """No approved example answers the question, and nothing else was asked for."""

    code = "miss"


class Cancelled(AnalystError):
    """The user took the question back."""

    code, status = "cancelled", 409


class DatabaseError(AnalystError):
    """The source could not run the query; its own text, which may hold data, goes to the log only."""

    code, status, exit_code = "database", 502, 5


class DatabaseUnavailable(DatabaseError):
    """The source cannot be reached, or the connection was lost."""

    code, retryable = "database_unavailable", True


class QueryTimeout(DatabaseError):
    """The query took longer than its limit and was stopped by the database."""

    code, status = "query_timeout", 504


class QueryFailed(DatabaseError):
    """The database refused the query; carries the class and place of the error, never its text."""

    code, repairable = "query_failed", True

    def __init__(self, message: str, *, error_class: str, position: int | None = None) -> None:
        super().__init__(message)
        self.error_class = error_class
        """What kind of error, in words without data: "undefined column", "grouping error"."""
        self.position = position
        """Where in the SQL, in characters from 1, when the database says so."""
        self.near = ""
        """The SQL around that place, where it is nothing but what was drafted."""


class StoreError(AnalystError):
    """The product's own database cannot be used right now."""

    code, status, retryable = "store_unavailable", 503, True


class FunctionFailed(AnalystError):
    """Another function of the product cannot be reached or broke off; seen by the user."""

    code, status, retryable = "function_failed", 503, True


class ModelError(AnalystError):
    """The language model did not do its part."""

    code, status, exit_code = "model", 502, 6


class ModelUnavailable(ModelError):
    """The model's server cannot be reached or is still loading."""

    code, status, retryable = "model_unavailable", 503, True


class ModelThrottled(ModelUnavailable):
    """The model's server has too much to do."""

    code = "model_throttled"


class ModelTimeout(ModelError):
    """The model did not answer in time."""

    code, status = "model_timeout", 504


class UnusableReply(ModelError):
    """The model's reply holds no usable SQL."""

    code, repairable = "unusable_reply", True

    def __init__(self, message: str, *, usage: Usage | None = None) -> None:
        super().__init__(message)
        self.usage = usage or Usage()
        """What the useless reply cost all the same."""
