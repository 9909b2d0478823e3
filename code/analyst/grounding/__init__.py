"""Whether a database knows what a question is about."""

from analyst.grounding.grounds import Grounds, ground

__all__ = ["Grounds", "ground"]
