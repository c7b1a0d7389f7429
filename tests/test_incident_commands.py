"""`andon incident` and `andon escalations`: Slack's rules at a terminal, on both databases, without one call to Slack."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot import logs
from bot.cli import main
from bot.domain.errors import StorageUnavailable
from bot.domain.people import Profile
from bot.settings import variables
from storage.database import Database
from storage.incidents import Incident
from storage.owed import OutboxState
from storage.store import Store, Unit
from storage.timeline import VIA

CAST = {
    "URAE": ("Rae Okafor", "rae"),
    "ULENA": ("Lena Voss", "lena"),
    "ULIAM": ("Liam Doyle", "liam"),
    "UINES": ("Ines Carvalho", "ines"),
    "UOTTO": ("Otto Kranz", "otto"),
    "UADMIN": ("Ada Min", "ada"),
}
DUTY = {"lena@kestrel.example": "ULENA", "liam@kestrel.example": "ULIAM", "ines@kestrel.example": "UINES"}
Look = Callable[[Unit], Coroutine[Any, Any, Any]]


class Terminal:
    """Somebody's shell on the machine with the database; ``unit`` runs something in the database itself."""

    def __init__(self, url: str) -> None:
        self._url = url

    def andon(self, *words: str, by: str = "rae", typed: str | None = None) -> Result:
        """What the command does."""
        who = ("--as", by) if by else ()
        return CliRunner().invoke(main, (*words, *who), input=typed, prog_name="andon")

    def did(self, *words: str, by: str = "rae", typed: str | None = None) -> str:
        """What it says, when it must work."""
        result = self.andon(*words, by=by, typed=typed)
        assert (0, "") == (result.exit_code, result.stderr), result.output
        return result.stdout

    def data(self, *words: str, by: str = "rae") -> Any:
        """What it says to machines."""
        return json.loads(self.did(*words, "--format", "json", by=by))

    def refused(self, *words: str, by: str = "rae", typed: str | None = None) -> str:
        """What it says when it must not work."""
        result = self.andon(*words, by=by, typed=typed)
        assert (1, "") == (result.exit_code, result.stdout), result.output
        assert "Traceback" not in result.stderr
        return result.stderr

    def unit(self, look: Look) -> Any:
        """What this finds or changes in the database."""

        async def run() -> Any:
            database = Database(self._url)
            try:
                async with Store(database).begin() as unit:
                    return await look(unit)
            finally:
                await database.dispose()

        return asyncio.run(run())


async def _meet(unit: Unit) -> None:
    now = datetime.now(UTC)
    for user_id, (name, handle) in CAST.items():
        profile = Profile(user_id, name, email=f"{handle}@kestrel.example", handle=handle)
        await unit.people.keep(profile, now)
    for address, user_id in DUTY.items():
        await unit.directory.keep(address, [user_id], now)


@pytest.fixture
def terminal(database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Terminal:
    """A shell with Andon's settings and no token; Andon has met six people."""
    monkeypatch.chdir(tmp_path)
    for name in variables():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("ANDON_ADMINS", "UADMIN")
    monkeypatch.setattr(logs, "configure", lambda *_args: None)
    opened = Terminal(database_url)
    opened.unit(_meet)
    return opened


@pytest.fixture(params=["sqlite"])
def database_url(request: pytest.FixtureRequest) -> str:
    """SQLite; a test that says so runs on PostgreSQL, too."""
    return str(request.getfixturevalue(f"{request.param}_current_url"))


@pytest.fixture
def sqlite_current_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A SQLite file with the current schema."""
    file = tmp_path / "andon.db"
    file.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{file}"


@pytest.fixture
def postgresql_current_url(postgres_url: str) -> str:
    """A PostgreSQL database with the current schema."""
    return postgres_url


both = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


async def _incident(unit: Unit, number: int = 1) -> Incident:
    found = await unit.incidents.get(number)
    assert found is not None
    return found


async def _reactions(unit: Unit) -> list[str]:
    rows = await unit.outbox.unfinished_since(datetime.now(UTC) + timedelta(days=1))
    return [row.reaction for row in rows]


@both
def test_from_the_cord_to_the_end(terminal: Terminal) -> None:
    """Declared, led, told, contained, resolved, closed at the terminal: each in the record, each owed to Slack once."""
    assert "AI-0001 is declared.  SEV1, triage, not contained" in terminal.did(
        "incident", "declare", "The shop bot", "gives 99% off", "--severity", "1", "--type", "prompt_attack"
    )
    terminal.did("incident", "take", "ai-1", "lead", by="lena")
    said = terminal.did("incident", "update", "AI-0001", "The codes are off", "--next", "25m", by="lena")
    assert "AI-0001: the update is kept" in said
    assert "The next one is due" in said
    terminal.did("incident", "note", "AI-0001", "-", typed="The limit was only\na sentence in the prompt\n")
    terminal.did("incident", "contained", "AI-0001", "no code works any more", by="lena")
    terminal.did("incident", "resolved", "AI-0001", "the limit is in the shop now", by="lena")
    terminal.did("incident", "close", "AI-0001", "Codes above 30% are refused by the shop", by="lena")
    page = terminal.data("incident", "show", "AI-0001")
    assert ("closed", "resolved", "prompt_attack") == (page["phase"], page["outcome"], page["type"])
    assert {"id": "ULENA", "name": "Lena Voss"} == page["lead"] == page["roles"]["lead"][0]
    assert "The codes are off" == page["latest_update"]["text"]
    lines = [line["text"] for line in page["timeline"]]
    assert "The limit was only\na sentence in the prompt (by the command line)" in lines
    assert "Closed: Codes above 30% are refused by the shop (by the command line)" in lines
    owed = terminal.unit(_reactions)
    for reaction in ("channels.open", "updates.post", "lifecycle.post_contained", "closing.post_closed"):
        assert 1 == owed.count(reaction), reaction


@both
def test_a_key_names_a_submission(terminal: Terminal) -> None:
    """The same key again, by the same person, is the same incident and the same update; another person's is their own."""
    first = terminal.data("incident", "declare", "The shop bot", "--key", "page-7")
    again = terminal.data("incident", "declare", "The shop bot", "--key", "page-7")
    assert (False, True) == (first["was_already_declared"], again["was_already_declared"])
    assert first["reference"] == again["reference"] == "AI-0001"
    assert "was declared with this key before" in terminal.did("incident", "declare", "The shop bot", "--key", "page-7")
    assert "AI-0002" == terminal.data("incident", "declare", "The shop bot", "--key", "page-7", by="otto")["reference"]
    terminal.did("incident", "take", "AI-0001", "comms")
    for _ in range(2):
        terminal.did("incident", "update", "AI-0001", "Codes are off", "--key", "u1")
        terminal.did("incident", "note", "AI-0001", "Seen by support", "--key", "n1")
    kinds = [line["kind"] for line in terminal.data("incident", "show", "AI-0001")["timeline"]]
    assert (1, 1) == (kinds.count("update"), kinds.count("note"))


def test_a_private_incident_is_unseen_by_outsiders(terminal: Terminal) -> None:
    """Not on the list, not shown, not to be changed, not among the escalations: told as one that does not exist."""
    terminal.did("incident", "declare", "A customer's file leaked", "--private")
    assert ["AI-0001"] == [row["reference"] for row in terminal.data("incident", "list")["incidents"]]
    assert [] == terminal.data("incident", "list", "--all", by="otto")["incidents"]
    assert "nothing is asked" in terminal.did("escalations", by="otto")
    unseen = "Error: There is no such incident, or it is not open to you.\n"
    for words in (
        ("incident", "show", "AI-0001"),
        ("incident", "take", "AI-0001", "lead"),
        ("escalations", "AI-0001"),
        ("escalations", "ack", "AI-0001"),
    ):
        assert unseen == terminal.refused(*words, by="otto")
    for verb in ("update", "note", "contained", "resolved", "close", "cancel", "reopen"):
        assert terminal.refused("incident", verb, "AI-0001", "let me", by="otto").startswith(unseen)
    assert terminal.refused("incident", "show", "AI-0099", by="otto") == unseen
    assert "[private]" in terminal.did("incident", "list", by="ada")


def test_permissions_are_those_of_slack(terminal: Terminal) -> None:
    """An update needs a role, closing the lead; the refusal says who may, how to get there, and gives the words back."""
    terminal.did("incident", "declare", "The shop bot")
    said = terminal.refused("incident", "update", "AI-0001", "Codes are off", by="otto")
    assert "Only whoever holds a role in the incident" in said
    assert "`andon incident take AI-0001 lead`" in said
    assert said.endswith("You typed:\nCodes are off\n")
    terminal.did("incident", "take", "AI-0001", "comms", by="otto")
    terminal.did("incident", "update", "AI-0001", "Codes are off", by="otto")
    assert "Only the incident's lead and Andon's admins" in terminal.refused(
        "incident", "close", "AI-0001", "Over", "--anyway", "it is", by="otto"
    )
    terminal.did("incident", "close", "AI-0001", "Over", "--anyway", "it is", by="ada")


def test_a_taken_seat_needs_a_reason(terminal: Terminal) -> None:
    """Who sits there is said, and how to take over; with a reason it changes hands."""
    terminal.did("incident", "declare", "The shop bot")
    terminal.did("incident", "take", "AI-0001", "lead", by="lena")
    said = terminal.refused("incident", "take", "AI-0001", "lead", by="liam")
    assert "Lena Voss is lead of AI-0001 since" in said
    assert "--over" in said
    assert "You" in terminal.refused("incident", "take", "AI-0001", "lead", by="lena")
    terminal.did("incident", "take", "AI-0001", "lead", "--over", "Lena is on a plane", by="liam")
    assert "ULIAM" == terminal.data("incident", "list")["incidents"][0]["lead"]["id"]


def test_closing_demands_what_slack_demands(terminal: Terminal) -> None:
    """Contained and resolved, or a reason; a note; and it is said what is missing, with the words given back."""
    terminal.did("incident", "declare", "The shop bot")
    terminal.did("incident", "take", "AI-0001", "lead", by="lena")
    said = terminal.refused("incident", "close", "AI-0001", "Over", by="lena")
    assert "AI-0001 is not contained and not resolved yet." in said
    assert "--anyway" in said
    assert said.endswith("You typed:\nOver\n")
    assert "It is not contained yet" in terminal.refused("incident", "resolved", "AI-0001", "fixed", by="lena")
    assert "how it ended" in terminal.refused("incident", "close", "AI-0001", "--anyway", "it is over", by="lena")
    terminal.did("incident", "close", "AI-0001", "Over", "--anyway", "the vendor took it over", by="lena")
    assert "is closed since" in terminal.refused("incident", "update", "AI-0001", "More", by="lena")
    terminal.did("incident", "reopen", "AI-0001", "It happens again", by="lena")
    terminal.did("incident", "cancel", "AI-0001", "It was a test account", by="lena")
    assert "not an incident" in terminal.did("incident", "list", "--all")


def test_when_it_was_contained_is_read_in_utc(terminal: Terminal) -> None:
    """A time alone is the latest such one; what lies ahead or reads as nothing is refused with what would do."""
    terminal.did("incident", "declare", "The shop bot")
    terminal.did("incident", "take", "AI-0001", "lead", by="lena")
    ahead = f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%d %H:%M}"
    for wrong, why in (("soonish", "is no instant"), ("25:99", "is no instant"), (ahead, "in the future")):
        assert why in terminal.refused("incident", "contained", "AI-0001", "off", "--at", wrong, by="lena")
    earlier = datetime.now(UTC) - timedelta(minutes=7)
    terminal.did("incident", "contained", "AI-0001", "off", "--at", f"{earlier:%H:%M}", by="lena")
    found = datetime.fromisoformat(terminal.data("incident", "show", "AI-0001")["contained_at"])
    assert found == earlier.replace(second=0, microsecond=0)


@both
def test_an_executive_acknowledges_without_slack(terminal: Terminal) -> None:
    """Who is asked is named, undelivered while Slack is down, acknowledged once by whoever was asked and nobody else."""
    terminal.did("incident", "declare", "The shop bot gives 99% off", "--severity", "SEV1")
    before = terminal.did("escalations", "AI-0001")
    assert "Next, unless it is settled before" in before
    assert "Liam Doyle, second for lead" in before
    _raise_what_is_due(terminal)
    asked = terminal.did("escalations")
    assert "NOT DELIVERED, Slack has not taken it yet: call " in asked
    assert "Ines Carvalho" in asked.partition("call ")[2]
    assert "Nothing about AI-0001 waits for your answer." in terminal.refused(
        "escalations", "ack", "AI-0001", by="otto"
    )
    said = terminal.did("escalations", "ack", "AI-0001", by="ines")
    assert "AI-0001: acknowledged by Ines Carvalho." in said
    assert "It counts until" in said
    assert "Nothing about AI-0001 waits" in terminal.refused("escalations", "ack", "AI-0001", by="ines")
    after = terminal.did("escalations", "AI-0001")
    assert "acknowledged by Ines Carvalho" in after
    assert "Ines Carvalho" not in after.partition("call ")[2].partition("\n")[0]
    steps = terminal.data("escalations", "AI-0001")["incidents"][0]["escalations"]
    assert "UINES" in [step["acknowledged_by"]["id"] for step in steps if step["acknowledged_by"]]


def _raise_what_is_due(terminal: Terminal) -> None:
    """One look of the running bot, which delivers nothing."""
    from bot.main import opened
    from bot.settings import Settings

    async def look() -> None:
        async with opened(Settings.load(env_file=None, needs_slack=False)) as core:
            await core.services.raising.raise_due()

    asyncio.run(look())


def test_who_acts(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--as`, else ANDON_AS from the environment or `.env`; with neither, what to do; unknown, whom it could mean."""
    said = terminal.refused("incident", "declare", "The shop bot", by="")
    assert "--as rae@example.com" in said
    assert "ANDON_AS" in said
    assert said.endswith("You typed:\nThe shop bot\n")
    assert "Did you mean Rae Okafor (rae@kestrel.example)?" in terminal.refused("incident", "list", by="raee")
    Path(".env").write_text("ANDON_AS=lena\n")
    terminal.did("incident", "declare", "The shop bot", by="")
    monkeypatch.setenv("ANDON_AS", "liam@kestrel.example")
    terminal.did("incident", "declare", "The other bot", by="")
    terminal.did("incident", "declare", "The third bot", by="UINES")
    shown = [terminal.data("incident", "show", f"AI-000{number}")["declared_by"]["id"] for number in (1, 2, 3)]
    assert ["ULENA", "ULIAM", "UINES"] == shown


def test_bad_input_is_one_sentence_and_the_words_come_back(terminal: Terminal) -> None:
    """Nothing said, too much said, no such severity, no reference, no such time: exit code 1, and nothing is lost."""
    assert "that is the only thing we need" in terminal.refused("incident", "declare", " ")
    long = "x" * 40_001
    said = terminal.refused("incident", "declare", "-", typed=long)
    assert "40,001 characters; 40,000 fit" in said
    assert long in said
    assert "“worst” is no severity" in terminal.refused("incident", "declare", "A bot", "--severity", "worst")
    assert terminal.refused("incident", "update", "the-bot", "Codes are off").endswith("You typed:\nCodes are off\n")
    terminal.did("incident", "declare", "The shop bot")
    terminal.did("incident", "take", "AI-0001", "comms")
    assert "cannot read “soonish” as a date" in terminal.refused(
        "incident", "update", "AI-0001", "Off", "--next", "soonish"
    )
    assert "Say what is known" in terminal.refused("incident", "update", "AI-0001")
    assert "Write what is to be remembered" in terminal.refused("incident", "note", "AI-0001")
    for words in (("incident", "declare", "A bot", "--type", "ghost"), ("incident", "take", "AI-0001", "boss")):
        assert 2 == terminal.andon(*words).exit_code
    assert 2 == terminal.andon("incident", "declare", "A bot", "--key", "k" * 101).exit_code


def test_what_steers_a_terminal_is_kept_out(terminal: Terminal) -> None:
    """A title with escape sequences is shown without them, in text and in JSON; bytes that are no text do not stop it."""
    terminal.did("incident", "declare", "\x1b[2J\x9b31mThe shop bot\x07 said \udcff", "--system", "chat\x1b[0m")
    terminal.did("incident", "declare", "-", typed="The \0 other bot")
    for words in (("incident", "list"), ("incident", "show", "AI-0001"), ("escalations",)):
        for output in (terminal.did(*words), terminal.did(*words, "--format", "json")):
            assert not {"\x1b", "\x9b", "\x07"} & set(output)
    assert "The shop bot" in terminal.did("incident", "list")


def test_a_system_is_found_by_slug_or_name(terminal: Terminal) -> None:
    """What the catalogue knows is that; anything else is kept in the reporter's words."""
    from playbooks.library import Library

    slug, name = Library.load(None).system_choices()[0]
    for typed, kept in ((slug, slug), (name.upper(), slug), ("the new thing", "the new thing")):
        assert kept == terminal.data("incident", "declare", "A bot", "--system", typed)["system"]


def test_the_list_is_limited_and_says_so(terminal: Terminal) -> None:
    """`--limit` shows that many and how many more there are."""
    for _ in range(3):
        terminal.did("incident", "declare", "The shop bot")
    said = terminal.did("incident", "list", "--limit", "2")
    assert said.startswith("3 open\n")
    assert "and 1 more" in said
    assert (2, 1) == (len(terminal.data("incident", "list", "--limit", "2")["incidents"]), 1)


def test_what_waits_for_slack_is_said(terminal: Terminal) -> None:
    """How much is late, since when, and what Slack answered last; nothing where nothing is late."""
    terminal.did("incident", "declare", "The shop bot")
    assert terminal.data("incident", "list")["waiting_for_slack"] is None

    async def an_hour_passes(unit: Unit) -> None:
        for row in await unit.outbox.unfinished_since(datetime.now(UTC) + timedelta(days=1)):
            row.created_at -= timedelta(hours=1)
            row.due_at -= timedelta(hours=1)

    terminal.unit(an_hour_passes)
    assert "the oldest for 1 h. Is `andon run` running?" in terminal.did("incident", "list")

    async def slack_is_down(unit: Unit) -> None:
        for row in await unit.outbox.unfinished_since(datetime.now(UTC)):
            row.attempts, row.last_error, row.state = 3, "unreachable: \x1b[1mno route", OutboxState.PENDING
            row.due_at = datetime.now(UTC) + timedelta(seconds=20)

    terminal.unit(slack_is_down)
    said = terminal.did("incident", "show", "AI-0001")
    assert "The last answer was: unreachable: [1mno route" in said
    assert "unreachable" in terminal.data("escalations")["waiting_for_slack"]["answer"]


def test_only_acts_of_people_carry_the_door(terminal: Terminal) -> None:
    """What Andon notes by itself in the same transaction does not say that somebody typed it."""
    terminal.did("incident", "declare", "A bot leaks names", "--type", "data_exposure", "--severity", "4")
    terminal.did("incident", "take", "AI-0001", "lead")

    async def doors(unit: Unit) -> list[tuple[str, Any]]:
        return [(entry.actor.partition(":")[0], entry.data.get(VIA)) for entry in await unit.timeline.of(1)]

    found = terminal.unit(doors)
    assert ("person", "command line") in found
    assert {("person", "command line"), ("bot", None)} >= set(found)


@pytest.mark.parametrize("url", ["sqlite:///nowhere.db", "sqlite:///empty.db"])
def test_nobody_works_on_a_database_that_no_bot_reads(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    """In the wrong directory nothing is made and nothing is declared into the void."""
    Path("empty.db").touch()
    monkeypatch.setenv("DATABASE_URL", url)
    said = terminal.refused("incident", "declare", "The shop bot")
    assert "There is no Andon at" in said
    assert "DATABASE_URL" in said
    assert said.endswith("You typed:\nThe shop bot\n")
    assert not Path("nowhere.db").exists()


@pytest.mark.parametrize(("is_certain", "sentence"), [(True, "Nothing was changed."), (False, "nobody can tell")])
def test_a_database_that_fails_is_a_sentence(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, is_certain: bool, sentence: str
) -> None:
    """Whether it may have been kept is said, and the words come back."""

    async def fail(*_args: object, **_options: object) -> None:
        raise StorageUnavailable("database or disk is full", is_certain=is_certain)

    monkeypatch.setattr("bot.services.incidents.Incidents.declare", fail)
    said = terminal.refused("incident", "declare", "The shop bot")
    assert sentence in said
    assert "disk is full" in said
    assert said.endswith("You typed:\nThe shop bot\n")


def test_help_says_who_is_believed(terminal: Terminal) -> None:
    """Whoever has the machine and the database is trusted: the help does not hide it. Each command has its line."""
    said = terminal.andon("incident", "--help", by="").output
    assert "Nothing here proves who you are" in " ".join(said.split())
    assert "..." not in said.partition("Commands:")[2]
    for words in (("escalations", "--help"), ("escalations", "ack", "--help"), ("incident", "declare", "--help")):
        assert 0 == terminal.andon(*words, by="").exit_code
