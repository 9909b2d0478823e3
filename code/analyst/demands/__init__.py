"""What the words of a question plainly ask for, and whether a statement does that."""

from analyst.demands.asked import Demands, demands
from analyst.demands.heeding import heed

__all__ = ["Demands", "demands", "heed"]
