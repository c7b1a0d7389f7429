"""What commands share: settings, who acts, answers for people and machines, and failures told in a sentence."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import IO, TYPE_CHECKING, Any, ParamSpec, TypeVar

import click

if TYPE_CHECKING:
    from bot.errands.seat import Seat, Told
    from bot.settings import Settings

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
Command = TypeVar("Command", bound=Callable[..., Any])

NOT_KEPT = "The database does not take anything now ({reason}). Nothing was changed. `andon doctor` looks at it."
PERHAPS_KEPT = (
    "The database stopped answering just as this was written ({reason}): nobody can tell whether it was kept. "
    "Look with `andon incident list` before you repeat it."
)


class Failure(click.ClickException):
    """A failure told in one sentence, exit code 1, with the words that were typed, so that they are not lost."""

    def __init__(self, sentence: str, typed: str = "") -> None:
        super().__init__(sentence)
        self._typed = typed

    def show(self, file: IO[Any] | None = None) -> None:
        """To standard error."""
        super().show(file)
        if self._typed:
            click.echo(f"You typed:\n{self._typed}", file=file or sys.stderr)


def told(command: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """A failure that has a sentence for people is told as it; anything else is a defect and keeps its traceback."""

    @wraps(command)
    def tell(*args: Parameters.args, **options: Parameters.kwargs) -> Result:
        from bot.domain.errors import StorageUnavailable

        typed = str(options.get("text") or "")
        try:
            return command(*args, **options)
        except StorageUnavailable as error:
            sentence = NOT_KEPT if error.is_certain else PERHAPS_KEPT
            raise Failure(sentence.format(reason=error), typed) from error
        except _sentences() as error:
            raise Failure(str(error), typed) from error

    return tell


def settings(*, needs_slack: bool) -> Settings:
    """The settings, with the logs set up as they say."""
    from bot import logs
    from bot.settings import Settings

    chosen = Settings.load(needs_slack=needs_slack)
    logs.configure(chosen.log_format, chosen.log_level, chosen.secrets())
    return chosen


def acts(command: Command) -> Command:
    """The options of whoever works from the terminal: ``--as`` and ``--format``."""
    forms = click.Choice(["text", "json"])
    with_form = click.option("--format", "form", type=forms, default="text", show_default=True)(command)
    return click.option("--as", "who", default="", metavar="PERSON", help="Who you are; else ANDON_AS.")(with_form)


def said(command: Command) -> Command:
    """The words of a command: as many as there are, or standard input for ``-``."""
    return click.argument("text", nargs=-1, callback=_words)(command)


def perform(who: str, form: str, errand: Callable[[Seat], Awaitable[Told]]) -> None:
    """Do an errand as this person and print what it has to say."""
    chosen = settings(needs_slack=False)
    import asyncio

    from bot.errands.seat import seated

    async def done() -> Told:
        async with seated(chosen, who) as seat:
            return await errand(seat)

    answer = asyncio.run(done())
    click.echo(answer.text if form == "text" else _json(answer.data))


def _words(_context: click.Context, _parameter: click.Parameter, words: tuple[str, ...]) -> str:
    typed = sys.stdin.read().strip() if words == ("-",) else " ".join(words)
    # Bytes that are no UTF-8, and NUL, which databases do not take, must not stop anybody from pulling the cord.
    return typed.encode(errors="surrogateescape").decode(errors="replace").replace("\0", "")


def _json(data: dict[str, Any]) -> str:
    import json

    # Escaped to ASCII: what people typed must not steer the terminal of whoever looks at it.
    return json.dumps(data, indent=2)


def _sentences() -> tuple[type[Exception], ...]:
    from bot.domain.errors import AndonError, ChatError
    from bot.settings import SettingsError
    from bot.web.server import DoorTaken
    from playbooks.errors import PolicyError
    from storage.schema import SchemaError

    return (SettingsError, AndonError, ChatError, SchemaError, DoorTaken, PolicyError)
