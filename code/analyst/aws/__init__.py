"""What only a deployment in AWS has: secrets, parameters, and what AWS's errors mean. Clients are given in."""
