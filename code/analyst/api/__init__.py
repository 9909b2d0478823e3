"""The HTTP interface: the same routes behind API Gateway and on one machine."""
