"""The window: the sandbox's workspace looked at and acted in through a browser. It knows Slack and nothing else."""

from bot.sandbox.window.backstage import Backstage
from bot.sandbox.window.window import Window

__all__ = ["Backstage", "Window"]
