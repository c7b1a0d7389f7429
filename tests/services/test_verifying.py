"""Tampering: whatever single thing of the evidence is changed behind Andon's back, verifying names it."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.domain.custody import How, Verified
from bot.domain.exhibits import ExhibitWish, FileBytes
from bot.domain.incident import IncidentType
from bot.domain.people import Actor
from bot.services.clock import SteerableClock
from bot.services.evidence.stamping import Authority, Stamping
from bot.services.evidence.verifying import Verifying
from bot.services.work import Work
from storage.blobs import BlobStore
from storage.database import Database
from storage.store import Store
from tests.authority import served
from tests.clock import FRIDAY
from tests.workshop import Workshop, on_database, open_workshop

TABLES = ("exhibits", "custody", "custody_heads", "sealed_items", "custody_stamps")


async def fill(workshop: Workshop) -> None:
    """Two incidents with evidence of every kind: structured, with files, redacted and sealed, linked, time-stamped."""
    services, by = workshop.services, Actor.person("UADMIN")
    first = await workshop.declare(type=IncidentType.DATA_EXPOSURE)
    second = await workshop.declare("The summaries drift", type=IncidentType.DRIFT)
    wishes = [
        ExhibitWish("A trace", "See é\u200b", {"prompt": "hi\u200b", "model_answered": None}, ("E10",)),
        ExhibitWish(body="Ann Smith", files=(FileBytes("a.csv", b"one,two"), FileBytes("b.csv", b"three"))),
        ExhibitWish(files=(FileBytes("c.bin", bytes(range(256))),)),
    ]
    made = [
        (await services.keeping.keep(first, wish, by=by, how=How.COMMAND_LINE, key=f"k{n}")).exhibit_id
        for n, wish in enumerate(wishes)
    ]
    await services.keeping.keep(second, ExhibitWish(body="other"), by=by, how=How.HTTP, key="other")
    await services.exhibits.show(made[0], by=by)
    await services.redaction.redact_link(first, f"X{made[1]}", "personal", by=by)
    async with workshop.work() as unit:
        exhibit = await unit.evidence.get(made[2])
        assert exhibit is not None
        await unit.evidence.link([exhibit], "https://kestrel.example/p1", by="bot:andon", at=workshop.work.now())
    async with served() as authority:
        stamping = Stamping(workshop.work, Authority(authority.url, authority.certificate))
        assert await stamping.stamp_due() == 2
    await workshop.settle()


@dataclass(frozen=True, repr=False)
class Template:
    """A filled database and its store, to be copied and spoiled."""

    directory: Path
    rows: dict[str, list[dict[str, Any]]]
    files: list[str]

    def copied(self, to: Path) -> Path:
        shutil.rmtree(to, ignore_errors=True)
        shutil.copytree(self.directory, to)
        return to


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    directory = tmp_path_factory.mktemp("evidence")

    async def make() -> None:
        async with open_workshop(directory) as workshop:
            await fill(workshop)

    asyncio.run(make())
    with closing(sqlite3.connect(directory / "andon.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.row_factory = sqlite3.Row
        rows = {
            table: [dict(row) for row in connection.execute(f"SELECT rowid AS _row, * FROM {table}")]  # noqa: S608
            for table in TABLES
        }
    files = [str(f.relative_to(directory)) for f in sorted((directory / "andon-evidence").rglob("*")) if f.is_file()]
    assert all(rows.values())
    assert len(files) == 3
    return Template(directory, rows, files)


def verified(directory: Path) -> list[Verified]:
    """What verifying says of a copy."""

    async def look() -> list[Verified]:
        database = Database(f"sqlite:///{directory / 'andon.db'}")
        work = Work(Store(database), SteerableClock(FRIDAY))
        try:
            blobs = BlobStore(str(directory / "andon-evidence"))
            return await Verifying(work, blobs, Stamping(work, Authority())).everything()
        finally:
            await database.dispose()

    return asyncio.run(look())


def named(directory: Path) -> list[str]:
    """The sentences about what is amiss."""
    return [finding.sentence for one in verified(directory) for finding in one.findings]


def spoil(directory: Path, statement: str, *values: object) -> None:
    """Change the database as somebody with the file in their hands would."""
    with closing(sqlite3.connect(directory / "andon.db")) as connection:
        for trigger in ("custody_no_update", "custody_no_delete"):
            connection.execute(f"DROP TRIGGER IF EXISTS {trigger}")
        assert connection.execute(statement, values).rowcount == 1
        connection.commit()


def test_what_nobody_changed_is_sound(template: Template, tmp_path: Path) -> None:
    """No finding, and everything was looked at."""
    first, second = verified(template.copied(tmp_path / "copy"))
    assert first.is_sound, first.findings
    assert second.is_sound, second.findings
    assert (first.exhibits, first.files, first.sealed, first.stamps) == (3, 3, 1, 1)
    assert first.entries >= 8


@st.composite
def changes(draw: st.DrawFn) -> tuple[str, int, int, int, int]:
    """Which table, row, column, byte, and by what it is changed."""
    number = st.integers(0, 10_000)
    return draw(st.sampled_from(TABLES)), draw(number), draw(number), draw(number), draw(st.integers(1, 255))


@settings(max_examples=30, deadline=None)
@given(change=changes())
def test_any_byte_of_any_row_is_found(
    template: Template, tmp_path_factory: pytest.TempPathFactory, change: tuple[str, int, int, int, int]
) -> None:
    """A single byte of a single column, whichever, is found, and what holds it is named."""
    table, row_number, column_number, position, by = change
    rows = template.rows[table]
    row = rows[row_number % len(rows)]
    columns = [name for name in row if name != "_row"]
    column = columns[column_number % len(columns)]
    directory = template.copied(tmp_path_factory.getbasetemp() / "spoiled")
    spoil(
        directory,
        f"UPDATE {table} SET {column} = {_cast(row[column])} WHERE rowid = ?",  # noqa: S608
        _other(row[column], position, by),
        row["_row"],
    )
    found = named(directory)
    assert found, f"{table}.{column} of {row}"
    assert any(_owner(table, row) in sentence for sentence in found), (table, column, found)


def _other(value: Any, position: int, by: int) -> Any:
    if isinstance(value, int):
        return value + 1000 + by
    data = bytearray(value if isinstance(value, bytes) else (value or "").encode())
    if not data:
        return b"x"
    data[position % len(data)] ^= by
    return bytes(data)


def _cast(value: Any) -> str:
    return "?" if isinstance(value, (int, bytes)) else "CAST(? AS TEXT)"


def _owner(table: str, row: dict[str, Any]) -> str:
    """What a finding about the row has to mention."""
    if table == "exhibits":
        return f"X{row['id']}"
    if table == "sealed_items":
        return f"S{row['id']}"
    if table == "custody_stamps":
        return f"T{row['id']}"
    reference = f"AI-{row['incident_id']:04}"
    return f"ntry {row['seq']} of the record of {reference}" if table == "custody" else f"record of {reference}"


@pytest.mark.parametrize("table", TABLES)
def test_any_row_that_goes_is_found(template: Template, tmp_path: Path, table: str) -> None:
    """Whichever row is deleted, the last entry of a record among them, is named."""
    for row in template.rows[table]:
        directory = template.copied(tmp_path / "copy")
        spoil(directory, f"DELETE FROM {table} WHERE rowid = ?", row["_row"])  # noqa: S608
        found = named(directory)
        assert any(_owner(table, row) in sentence for sentence in found), (table, row, found)


KEYS = {"custody": "seq", "custody_heads": "incident_id"}


@pytest.mark.parametrize("table", TABLES)
def test_any_row_that_comes_is_found(template: Template, tmp_path: Path, table: str) -> None:
    """Whichever row is there twice, the second under a new key, is named: also what would lengthen a record."""
    key = KEYS.get(table, "id")
    for row in template.rows[table]:
        directory = template.copied(tmp_path / "copy")
        second = {name: value for name, value in row.items() if name != "_row"}
        second[key] = max(other[key] for other in template.rows[table]) + 1
        second |= {name: f"{value} again" for name, value in second.items() if name == "source_key"}
        marks = ", ".join("?" * len(second))
        spoil(directory, f"INSERT INTO {table} ({', '.join(second)}) VALUES ({marks})", *second.values())  # noqa: S608
        found = named(directory)
        assert any(_owner(table, second) in sentence for sentence in found), (table, second, found)


@pytest.mark.parametrize("table", [table for table in TABLES if table != "custody_heads"])
def test_a_row_given_to_another_incident_is_found(template: Template, tmp_path: Path, table: str) -> None:
    """What belonged to one incident and stands with the other is missed here or unknown there."""
    row = template.rows[table][-1]
    directory = template.copied(tmp_path / "copy")
    other = 2 if row["incident_id"] == 1 else 1
    column = "seq = seq + 1000, incident_id" if table == "custody" else "incident_id"
    spoil(directory, f"UPDATE {table} SET {column} = ? WHERE rowid = ?", other, row["_row"])  # noqa: S608
    assert any(_owner(table, row) in sentence for sentence in named(directory))


def test_entries_in_another_order_are_named(template: Template, tmp_path: Path) -> None:
    """Two entries that changed places, hashes and all."""
    directory = template.copied(tmp_path / "copy")
    with closing(sqlite3.connect(directory / "andon.db")) as connection:
        connection.execute("DROP TRIGGER custody_no_update")
        for old, new in ((2, 99), (3, 2), (99, 3)):
            connection.execute("UPDATE custody SET seq = ? WHERE seq = ? AND incident_id = 1", (new, old))
        connection.commit()
    found = " ".join(named(directory))
    assert "Entry 2 of the record of AI-0001 says that it is entry 3." in found
    assert "Entry 3 of the record of AI-0001 says that it is entry 2." in found


@settings(max_examples=15, deadline=None)
@given(which=st.integers(0, 100), position=st.integers(0, 10_000), by=st.integers(1, 255))
def test_any_byte_of_any_file_is_found(
    template: Template, tmp_path_factory: pytest.TempPathFactory, which: int, position: int, by: int
) -> None:
    """A single byte of a stored file is found, and the exhibit named."""
    directory = template.copied(tmp_path_factory.getbasetemp() / "spoiled")
    file = directory / template.files[which % len(template.files)]
    data = bytearray(file.read_bytes())
    data[position % len(data)] ^= by
    file.write_bytes(data)
    (sentence,) = named(directory)
    assert "was altered: its SHA-256 is not" in sentence
    assert file.name in sentence


def test_a_file_that_is_gone_is_named(template: Template, tmp_path: Path) -> None:
    """Each of them."""
    for name in template.files:
        directory = template.copied(tmp_path / "copy")
        (directory / name).unlink()
        (sentence,) = named(directory)
        assert "is missing from the store" in sentence


async def test_the_database_refuses_to_change_the_record(database_url: str) -> None:
    """No UPDATE, no DELETE and no TRUNCATE of the record, on either engine; the rest of the row stays possible."""
    async with on_database(database_url) as workshop:
        await fill(workshop)
        statements = ["UPDATE custody SET entry = 'x'", "DELETE FROM custody"]
        statements += [] if workshop.database.is_sqlite else ["TRUNCATE custody"]
        for statement in statements:
            with pytest.raises(DBAPIError, match="never changed"):
                async with workshop.database.engine.begin() as connection:
                    await connection.execute(text(statement))
        assert all(one.is_sound for one in await workshop.services.verifying.everything())


async def test_what_an_earlier_version_kept_is_named_until_it_is_entered(workshop: Workshop) -> None:
    """An exhibit without an entry is named; the next look takes it in, and says that it came late."""
    from storage.evidence import Exhibit, digest

    incident_id = await workshop.declare()
    async with workshop.work() as unit:
        unit.session.add(
            Exhibit(
                incident_id=incident_id,
                title="t",
                body="b",
                sha256=digest("b"),
                kept_at=workshop.work.now(),
                kept_by="person:URAE",
            )
        )
    (before,) = await workshop.services.verifying.everything()
    assert "never took it in" in before.findings[0].sentence
    await workshop.services.evidence_nudges.look()
    (after,) = await workshop.services.verifying.everything()
    assert after.is_sound
    async with workshop.work.read() as unit:
        (link,) = await unit.custody.links(incident_id)
    assert link.fields()["what"] == "adopted"


async def test_appending_at_once_keeps_one_chain(database_url: str) -> None:
    """Many deeds at the same time stand one after the other."""
    async with on_database(database_url) as workshop:
        incident_id = await workshop.declare()
        keep, by = workshop.services.keeping.keep, Actor.person("UADMIN")
        wishes = [ExhibitWish(body=f"text {number}") for number in range(8)]
        await asyncio.gather(*(keep(incident_id, wish, by=by, how=How.HTTP, key=wish.body) for wish in wishes))
        (one,) = await workshop.services.verifying.everything()
        assert one.is_sound
        assert one.entries == 8


@pytest.mark.parametrize(
    ("column", "old", "new"),
    [
        ("items", ", ", ",\t"),
        ("fields", ": ", ":\n"),
        ("fields", "\\u200b", "\\u200B"),
        ("kept_at", ".000000", ".00000"),
        ("kept_at", " ", "T"),
    ],
)
def test_the_same_spelled_otherwise_is_named(
    template: Template, tmp_path: Path, column: str, old: str, new: str
) -> None:
    """A byte that changes nothing of what a value means is a byte changed all the same."""
    row = next(row for row in template.rows["exhibits"] if old in row[column])
    directory = template.copied(tmp_path / "copy")
    spoil(directory, f"UPDATE exhibits SET {column} = ? WHERE rowid = ?", row[column].replace(old, new, 1), row["_row"])  # noqa: S608
    (sentence,) = named(directory)
    assert f"X{row['id']}" in sentence
