"""Containment: actions asked for, agreed to, run once, verified and put back."""
