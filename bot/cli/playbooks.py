"""`andon playbooks`: check, read and own the response plans."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import click

from bot.cli.common import acts, perform, told
from bot.cli.common import settings as load

SEVERITIES = ("SEV1", "SEV2", "SEV3", "SEV4")


@click.group(
    epilog="\b\nExamples:\n  andon playbooks check\n  andon playbooks show prompt_attack --severity SEV1\n"
    "  andon playbooks init ./playbooks\n  andon playbooks suggestions --export > changes.yaml"
)
def playbooks() -> None:
    """What the organisation decided: responses, policies, drills."""


@playbooks.command()
@told
def check() -> None:
    """Load everything; name a mistake by file and line."""
    from playbooks.library import Library

    directory = load(needs_slack=False).playbooks_dir
    Library.load(directory)
    click.echo(f"The playbooks {f'in {directory}' if directory else 'that Andon brings'} are fine.")


@playbooks.command()
@click.argument("kind", metavar="TYPE")
@click.option("--severity", type=click.Choice(SEVERITIES, case_sensitive=False), default="SEV2", show_default=True)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@told
def show(kind: str, severity: str, form: str) -> None:
    """Print the response plan of an incident type at a severity."""
    from bot.domain.incident import WORKING, IncidentType, Severity
    from bot.terminal import playbooks as pages
    from playbooks.library import Library

    if kind not in set(IncidentType):
        raise click.BadParameter(f"{kind!r} is no incident type; they are {', '.join(IncidentType)}", param_hint="TYPE")
    library, level, wanted = Library.load(load(needs_slack=False).playbooks_dir), Severity(severity), IncidentType(kind)
    lines = [line for line in library.playbook(wanted) if level in line.severities]
    lines.sort(key=lambda line: (WORKING.index(line.phase), line.tier))
    version = library.book.version(wanted)
    if form == "json":
        click.echo(json.dumps(pages.data(version, lines, library.book, level), indent=2))
        return
    click.echo(pages.shown(library.type_name(wanted), version, lines, library.book, level, library.catalogue_names()))


@playbooks.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@told
def init(directory: Path) -> None:
    """Copy the playbooks and policies that Andon brings into DIRECTORY, to be made your own."""
    from playbooks.copying import copy_to

    load(needs_slack=False)
    names = copy_to(directory)
    click.echo(f"{len(names)} files are in {directory} now.\nSet ANDON_PLAYBOOKS_DIR={directory} and edit them there.")


@playbooks.command()
@click.option("--export", is_flag=True, help="As YAML: the steps with what is suggested for them.")
@acts
@told
def suggestions(export: bool, who: str, form: str) -> None:
    """List what was suggested in the incidents that you may see."""
    from bot.errands import playbooks as errands

    perform(who, form, partial(errands.suggested, export=export))
