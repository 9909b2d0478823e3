"""What code alone makes of a question, before any model is asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from analyst import demands, grounding, periods, understanding, values
from analyst.catalog import Catalog
from analyst.demands import Demands
from analyst.grounding import Grounds
from analyst.linking import mentions as knows
from analyst.periods import Anchor, Period
from analyst.techniques import Techniques
from analyst.values import Mention, Tie


@dataclass(frozen=True, kw_only=True)
class TimeReading:
    """How time words are read where the catalog does not say it itself."""

    follows: str = "today"
    """"today", or "data": "last month" is then counted from the data's own last date."""
    fiscal_start: int = 1
    """The month in which fiscal years begin."""


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What a question names, means by its time words, and plainly asks for."""

    question: str
    context: str = ""
    asked: Demands
    anchor: Anchor
    grounds: Grounds = field(default_factory=lambda: Grounds(known=(), unknown=()))
    mentions: tuple[Mention, ...] = ()
    periods: tuple[Period, ...] = ()
    today: date

    def hints(self, catalog: Catalog) -> str:
        """Lines for the model: stored values that are named, days that time words mean."""
        days = periods.hints(
            self.periods,
            anchor=self.anchor,
            condition=not periods.counts_in_numbers(catalog),
            absolute=self.anchor.follow == "data",
        )
        lines = (values.hints(self.mentions, catalog), days)
        return "\n".join(line for line in lines if line)

    @property
    def needs_today(self) -> bool:
        """True where the question's meaning depends on a day that no period says."""
        return understanding.names_a_time(self.question) and not self.periods

    def notes(self) -> tuple[str, ...]:
        """Plain sentences for the receipt: slips that were corrected, and how time words were read."""
        read = periods.notes(self.periods, anchor=self.anchor, today=self.today) if self.periods else ()
        return (*values.notes(self.mentions), *read, *periods.doubts(self.question))

    def tie(self) -> Tie | None:
        """The first name that fits several values of one column equally well."""
        return next(iter(values.ties(self.mentions)), None)

    def is_foreign(self, catalog: Catalog) -> bool:
        """True where no word of the question's is known to the database at all."""
        about = understanding.topics(self.question)
        return bool(about) and not self.mentions and not knows(catalog, about)


def hear(
    question: str,
    catalog: Catalog,
    *,
    context: str = "",
    earlier: str = "",
    today: date,
    reading: TimeReading,
    techniques: Techniques,
) -> Heard:
    """Everything that the words of a question say by themselves.

    `context` was written beside it; `earlier` are the questions, with their SQL, that it may follow up.
    """
    mentions = values.find(question, catalog)
    follows = catalog.time_follows or reading.follows
    anchor = periods.anchor(catalog, today=today, follow="data" if follows == "data" else "today")
    fiscal_start = catalog.fiscal_start or reading.fiscal_start
    times = periods.find(question, anchor=anchor.day, fiscal_start=fiscal_start, context=context)
    phrases = [time.phrase for time in times]
    return Heard(
        question=question,
        context=context,
        asked=demands.demands(question, context=context, earlier=earlier),
        anchor=anchor,
        grounds=grounding.ground(question, catalog, mentions=mentions, times=phrases, context=context),
        mentions=mentions if techniques.uses("values") else (),
        periods=times if techniques.uses("periods") else (),
        today=today,
    )
