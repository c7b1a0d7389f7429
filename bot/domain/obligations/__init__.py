"""Obligations: clocks set by law or contract. When they run out, which may apply, what is said of them. Pure."""
