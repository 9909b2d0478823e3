"""Questions that can be asked instead: approved ones, and ones made from the catalog."""

from analyst.suggesting.instead import instead
from analyst.suggesting.made import made

__all__ = ["instead", "made"]
