"""Whether a statement does what its question says, and what can be put right where it does not."""

from analyst.agreement.agreeing import unmet
from analyst.agreement.fixing import fix
from analyst.agreement.saying import Said, Unmet, said

__all__ = ["Said", "Unmet", "fix", "said", "unmet"]
