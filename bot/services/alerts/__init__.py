"""Alerts: taken in, judged by policy, written down with what they led to."""
