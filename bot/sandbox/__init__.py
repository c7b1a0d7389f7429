"""A small, strict Slack spoken to over its real wire protocols. It knows Slack and nothing else of this project."""

from bot.sandbox.people import Person
from bot.sandbox.server import Sandbox

__all__ = ["Person", "Sandbox"]
