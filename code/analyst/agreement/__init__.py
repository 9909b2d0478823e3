"""Whether a statement does what its question says, and what can be put right where it does not."""

from analyst.agreement.agreeing import unmet
from analyst.agreement.fixing import fix
from analyst.agreement.saying import Unmet
from analyst.demands import Heeded

__all__ = ["Heeded", "Unmet", "fix", "unmet"]
