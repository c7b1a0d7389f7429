"""Listeners: parse, call one service, answer. One file per capability; each has a ``register``."""
