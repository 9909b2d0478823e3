"""What a model is told, and what its reply means."""

from __future__ import annotations

import json
import re

from analyst import prompts
from analyst.draft import Decision, Draft, Repair
from analyst.errors import UnusableReply
from analyst.plain_text import prompt_text
from analyst.ports import DraftRequest, Prompt, Reply, WordsRequest

_SENTENCE_END = re.compile(r"[.!?](?=\s|\Z)")
_FENCE = re.compile(r"```(?:sql|postgresql|postgres)?[ \t]*\n?(.*?)(?:```|\Z)", re.DOTALL | re.IGNORECASE)
_REMARK = re.compile(r"\s*(CLARIFY|CANNOT)\s*[:\-–]\s*(.+)", re.DOTALL)
_STATEMENT = re.compile(
    r"\s*(select|with|insert|update|delete|drop|create|alter|truncate|\()\b", re.IGNORECASE
)
LONGEST_REMARK = 300
LONGEST_CELL = 200
LONGEST_CONTEXT = 4000
LONGEST_EXAMPLE = 6000
"""Characters of question and SQL; a longer example is left out, since half a statement teaches nothing."""

_ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass|repeat|reveal)\b.{0,40}\b(?:instructions?|questions?|rules?|above|previous|prompts?|filters?)\b"
    r"|\b(?:important|notes?|instructions?|message|attention)\s+(?:for|to)\s+(?:the\s+|any\s+)?(?:ai|llm|models?|assistants?|bots?|agents?|analysts?)\b"
    r"|\b(?:ai|llm|assistant|chatbot)\s+(?:must|should|shall|has\s+to|will)\b|\byou\s+are\s+now\b|\bnow\s+has\s+admin\b"
    r"|\b(?:always|never|do\s+not|don't|must)\s+(?:also\s+)?(?:add|append|select|run|execute|output|print|reply|answer|return|apply)\b"
    r"|\bunion\s+(?:all\s+)?select\b|\b(?:drop|delete|truncate|alter|grant|insert)\s+(?:table|from|into|all)\b"
    r"|\b(?:system|assistant|developer)\s*:|\bnext\s+query\b|\bsystem\s+prompt\b|\bjailbreak|^\s*(?:>>>|<<<)",
    re.IGNORECASE | re.MULTILINE,
)
"""What reads like an order to the model and not like a description of data; only such text is set apart."""
_OWN_LINE = re.compile(r"\s*(?:question|result|answer)\b.{0,20}:", re.IGNORECASE)
"""How the lines of the prompt for words begin."""
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
    if _ORDERS.search(request.schema):
        system += f"\n\n{prompts.text('foreign')}"
    messages: list[tuple[str, str]] = []
    for question, sql in (*request.examples, *request.turns):
        if len(question) + len(sql) > LONGEST_EXAMPLE:
            continue
        messages += [("user", question), ("assistant", _fenced(sql))]
    messages.append(("user", _question(request)))
    if request.repair:
        messages += [("assistant", _fenced(request.repair.sql)), ("user", _repair(request.repair))]
    return Prompt(
        system=prompt_text(system),
        messages=tuple((role, prompt_text(text)) for role, text in messages),
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
    """The prompt for words on a small result, which is given as data: one line a row, no cell like another part."""
    table = "\n".join(" | ".join(map(_cell, line)) for line in (request.columns, *request.rows))
    asked = prompts.fill(
        "words_request",
        question=request.question,
        row_count=f"{request.row_count:,}",
        result="\n".join(filter(None, (table, request.summary))),
    )
    return Prompt(system=prompts.text("words"), messages=(("user", prompt_text(asked)),), max_tokens=120)


def _cell(text: str) -> str:
    """A value as it is, or in quotes where it could pass for another cell, another part, or an order."""
    text = text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"
    odd = "|" in text or not text.isprintable() or _OWN_LINE.match(text) or _ORDERS.search(text)
    return json.dumps(text, ensure_ascii=False).replace("|", "/") if odd else text


def _question(request: DraftRequest) -> str:
    remarks = [text.strip() for text in (request.hints, _set_apart(request.context)) if text.strip()]
    if request.today:
        remarks.append(f"Today is {request.today}.")
    context = "\n".join(remarks) + "\n" if remarks else ""
    return prompts.fill("question", question=request.question, context=context)


def _set_apart(context: str) -> str:
    """Remarks as they are, or between marks that they cannot close where they read like orders."""
    context = context.strip()[:LONGEST_CONTEXT]
    if not _ORDERS.search(context):
        return context
    return prompts.fill("remarks", remarks=context.replace("<<<", "< < <").replace(">>>", "> > >"))


def _repair(repair: Repair) -> str:
    near = f", near: {repair.near}" if repair.near else ""
    return prompts.fill("repair", error_class=repair.error_class, near=near)


def _fenced(sql: str) -> str:
    # No text within the SQL may end the block.
    return f"```sql\n{sql.replace('`' * 3, '~' * 3)}\n```"


def _first_line(text: str) -> str:
    return text.strip().splitlines()[0].strip()[:LONGEST_REMARK]
