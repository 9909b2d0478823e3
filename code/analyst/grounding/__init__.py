"""Whether a database knows what a question is about."""

from analyst.grounding.grounds import Grounds, ground
from analyst.grounding.invented import invented

__all__ = ["Grounds", "ground", "invented"]
