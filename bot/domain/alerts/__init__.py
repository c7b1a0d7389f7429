"""Alerts: what machines say, in one shape whoever sent it, and what policy makes of it."""
