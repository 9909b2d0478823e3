"""What a deployment costs in a month, from its options, the code's own sizes, habits and prices."""
