"""The bot and the sandbox together: on a steered clock for tests and stories, by themselves for whoever tries Andon."""

from bot.stage.serving import sandbox
from bot.stage.stage import Stage, staged

__all__ = ["Stage", "sandbox", "staged"]
