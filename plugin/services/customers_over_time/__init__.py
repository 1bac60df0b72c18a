"""Customers over time: who comes back, what they are worth, and what they may cost."""
