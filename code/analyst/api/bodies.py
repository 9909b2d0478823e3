"""What requests carry, checked before anything else happens."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Strict(BaseModel):
    """Unknown fields are an error, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid")


class AskBody(Strict):
    """`POST /query`."""

    question: str = Field(description="The question in plain words, at most 2,000 characters.")
    source: str = Field(
        default="", description="Name of the source; when left out, the session's last one, or the first."
    )
    session_id: str = Field(default="", description="The session to go on with; a new one when left out.")
    mode: Literal["fast", "thorough"] = Field(
        default="fast",
        description="fast: one draft, corrected at most twice. thorough: up to five drafts whose results are"
        " compared, which takes several times as long.",
    )
    use_cache: bool = Field(default=True, description="False to have the model write SQL in any case.")


class SqlBody(Strict):
    """`POST /sql`."""

    question: str
    source: str = ""


class FeedbackBody(Strict):
    """`POST /query/{id}/feedback`."""

    verdict: Literal["approve", "reject"]
    note: str = Field(default="", max_length=1000)


class ExampleBody(Strict):
    """`POST /examples`."""

    question: str
    sql: str
    source: str = ""
    approve: bool = Field(
        default=False, description="Approve it at once, in the name of who sends it; else it is proposed."
    )
