"""What the writer is told of a question: tables, near examples, earlier turns, stored values, days."""

from __future__ import annotations

from collections.abc import Sequence

from analyst import shapes, understanding
from analyst.catalog import Catalog
from analyst.example import Neighbour
from analyst.hearing import Heard, TimeReading, hear
from analyst.linking import link
from analyst.ports import Clock, DraftRequest
from analyst.question import Conversation, Turn
from analyst.remarks import relevant
from analyst.showing import schema_text
from analyst.techniques import Techniques
from analyst.work import Work

FEW_SHOT = 3
"""How many approved examples a model is shown."""
NEAR_ENOUGH = 0.5
"""Cosine below which an example would rather mislead than teach."""
TURNS_SHOWN = 2


class DraftRequests:
    """Makes them, one for each question that a model is asked."""

    def __init__(self, *, clock: Clock, time: TimeReading, techniques: Techniques, few_shot: bool) -> None:
        """`few_shot` where the writer is shown approved examples."""
        self._clock = clock
        self._time = time
        self._techniques = techniques
        self._few_shot = FEW_SHOT if few_shot and techniques.uses("examples") else 0

    def heard(
        self, question: str, catalog: Catalog, *, context: str = "", conversation: Conversation | None = None
    ) -> Heard:
        """What code alone makes of a question that may follow up a conversation."""
        turns = conversation.turns[-TURNS_SHOWN:] if conversation else ()
        return hear(
            question,
            catalog,
            context=context,
            earlier="\n".join(f"{t.question}\n{t.sql}" for t in turns),
            today=self._clock.now().date(),
            reading=self._time,
            techniques=self._techniques,
        )

    def request(
        self,
        question: str,
        catalog: Catalog,
        *,
        conversation: Conversation | None = None,
        neighbours: Sequence[Neighbour] = (),
        context: str = "",
        heard: Heard | None = None,
    ) -> DraftRequest:
        """Everything the writer is told of a question."""
        if self._techniques.uses("remarks"):
            context = relevant(context, question=question)
        heard = heard or self.heard(question, catalog, context=context)
        turns = _others_asked(conversation, question)[-TURNS_SHOWN:]
        shown = self._shown(link(question, catalog, mentions=heard.mentions))
        return DraftRequest(
            question=question,
            dialect=catalog.dialect,
            schema=schema_text(shown),
            examples=tuple((n.example.question, n.example.sql) for n in reversed(neighbours)),
            turns=tuple((t.question, t.sql) for t in turns),
            context=context,
            hints=heard.hints(catalog),
            today=heard.anchor.day.isoformat() if heard.needs_today else "",
        )

    def linked(
        self,
        work: Work,
        heard: Heard,
        *,
        catalog: Catalog,
        conversation: Conversation,
        neighbours: Sequence[Neighbour],
    ) -> DraftRequest:
        """The question with the tables it is about, the stored values that it names, and near examples."""
        question = work.question
        with work.journal.step("link") as note:
            chosen = self._chosen(question.text, neighbours, catalog=catalog)
            work.examples_shown = tuple(n.example.id for n in chosen)
            request = self.request(
                question.text,
                catalog,
                conversation=conversation,
                neighbours=chosen,
                context=question.context,
                heard=heard,
            )
            named = len(heard.mentions)
            note.detail = f"about {len(request.schema) // 3:,} tokens of schema, {named} values named"
            return request

    def _chosen(
        self, question: str, neighbours: Sequence[Neighbour], *, catalog: Catalog
    ) -> Sequence[Neighbour]:
        near = [n for n in neighbours if n.similarity >= NEAR_ENOUGH]
        return shapes.choose(question, near, count=self._few_shot, dialect=catalog.dialect)

    def _shown(self, catalog: Catalog) -> Catalog:
        """The catalog as the model is to see it."""
        return catalog if self._techniques.uses("samples") else catalog.without_values()


def _others_asked(conversation: Conversation | None, question: str) -> list[Turn]:
    """The turns that asked something else: asked again, a question is not to be answered by its own last SQL."""
    turns = conversation.turns if conversation else ()
    return [t for t in turns if not understanding.same_question(t.question, question)]
