"""What a model is told, and what its reply means."""

from __future__ import annotations

import re

from analyst import prompts
from analyst.draft import Decision, Draft, Repair
from analyst.errors import UnusableReply
from analyst.ports import DraftRequest, Prompt, Reply, WordsRequest

_SENTENCE_END = re.compile(r"[.!?](?=\s|\Z)")
_FENCE = re.compile(r"```(?:sql|postgresql|postgres)?[ \t]*\n?(.*?)(?:```|\Z)", re.DOTALL | re.IGNORECASE)
_REMARK = re.compile(r"\s*(CLARIFY|CANNOT)\s*[:\-–]\s*(.+)", re.DOTALL)
_STATEMENT = re.compile(
    r"\s*(select|with|insert|update|delete|drop|create|alter|truncate|\()\b", re.IGNORECASE
)
LONGEST_REMARK = 300
SAMPLING_TEMPERATURE = 0.7
"""How freely a further candidate is drawn."""


def sql_prompt(request: DraftRequest) -> Prompt:
    """The prompt for SQL: instructions and schema first, since they stay the same; the question last."""
    system = prompts.fill(
        "sql",
        dialect={"postgres": "PostgreSQL", "redshift": "Amazon Redshift"}.get(
            request.dialect, "Trino (Athena)"
        ),
        dialect_notes=prompts.text(f"dialects/{request.dialect}"),
        schema=request.schema,
    )
    messages: list[tuple[str, str]] = []
    for question, sql in (*request.examples, *request.turns):
        messages += [("user", question), ("assistant", _fenced(sql))]
    messages.append(("user", _question(request)))
    if request.repair:
        messages += [("assistant", _fenced(request.repair.sql)), ("user", _repair(request.repair))]
    return Prompt(
        system=system,
        messages=tuple(messages),
        max_tokens=500,
        temperature=SAMPLING_TEMPERATURE if request.sample else 0.0,
        seed=request.sample or None,
    )


def read_reply(reply: Reply) -> Draft:
    """The Draft in a model's reply; raises UnusableReply when there is none."""
    text = reply.text.strip()
    remark = _REMARK.match(text)
    if remark:
        decision = Decision.CLARIFY if remark[1] == "CLARIFY" else Decision.CANNOT
        return Draft(decision=decision, message=_first_line(remark[2]), usage=reply.usage)
    if reply.cut:
        raise UnusableReply("The model's SQL did not come to an end.", usage=reply.usage)
    fence = _FENCE.search(text)
    sql = (fence[1] if fence else text if _STATEMENT.match(text) else "").strip()
    if not sql:
        raise UnusableReply("The model's reply holds no SQL.", usage=reply.usage)
    return Draft(decision=Decision.ANSWER, sql=sql, usage=reply.usage)


def read_words(reply: Reply) -> str:
    """The words in a model's reply, only whole sentences of one cut short; raises UnusableReply without any."""
    text = reply.text.strip()
    if reply.cut:
        ends = [found.end() for found in _SENTENCE_END.finditer(text)]
        text = text[: ends[-1]] if ends else ""
    if not text:
        raise UnusableReply("The model's reply holds no words.", usage=reply.usage)
    return text


def words_prompt(request: WordsRequest) -> Prompt:
    """The prompt for words on a small result, which is given as data."""
    table = "\n".join(" | ".join(line) for line in (request.columns, *request.rows))
    asked = prompts.fill(
        "words_request",
        question=request.question,
        row_count=f"{request.row_count:,}",
        result="\n".join(filter(None, (table, request.summary))),
    )
    return Prompt(system=prompts.text("words"), messages=(("user", asked),), max_tokens=120)


def _question(request: DraftRequest) -> str:
    remarks = [text.strip() for text in (request.hints, request.context) if text.strip()]
    if request.today:
        remarks.append(f"Today is {request.today}.")
    context = "\n".join(remarks) + "\n" if remarks else ""
    return prompts.fill("question", question=request.question, context=context)


def _repair(repair: Repair) -> str:
    near = f", near: {repair.near}" if repair.near else ""
    return prompts.fill("repair", error_class=repair.error_class, near=near)


def _fenced(sql: str) -> str:
    return f"```sql\n{sql}\n```"


def _first_line(text: str) -> str:
    return text.strip().splitlines()[0].strip()[:LONGEST_REMARK]
