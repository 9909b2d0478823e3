"""Everything on one machine: the parts that the product starts itself, and their keeper."""
