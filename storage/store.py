"""One door to everything stored: a unit of work with all repositories on one session."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import StorageUnavailable
from bot.domain.events import AnyFact
from storage.access import AccessRequests
from storage.action_items import ActionItems
from storage.alerts import Alerts
from storage.audits import Audits
from storage.briefs import Briefs
from storage.captures import Captures
from storage.cards import Cards
from storage.custody import Custody
from storage.custody_checks import CustodyChecks
from storage.database import Database
from storage.directory import Directory
from storage.drafts import Drafts
from storage.escalations import Escalations
from storage.evidence import Evidence
from storage.evidence_nudges import EvidenceNudges
from storage.findings import Findings
from storage.incidents import Incidents
from storage.message_reactions import Reactions
from storage.messages import Messages
from storage.obligations import Obligations
from storage.outbox import Outbox
from storage.paces import Paces
from storage.participants import Participants
from storage.particulars import Particulars
from storage.people import People
from storage.postmortems import Postmortems
from storage.proposals import Proposals
from storage.reports import Reports
from storage.reviews import Reviews
from storage.roles import Roles
from storage.screens import Screens
from storage.sealed import Sealed
from storage.steps import Steps
from storage.suggestions import Suggestions
from storage.switches import Switches
from storage.tasks import Tasks
from storage.tellings import Tellings
from storage.texts import Texts
from storage.timeline import Timeline
from storage.trouble import WriteTrouble, is_passing, reason
from storage.updates import Updates


class Unit:
    """All repositories on one transaction, and the facts that become true when it commits."""

    def __init__(self, session: AsyncSession, via: str = "") -> None:
        self.session = session
        self.incidents = Incidents(session)
        self.timeline = Timeline(session, via)
        self.roles = Roles(session)
        self.proposals = Proposals(session)
        self.reports = Reports(session)
        self.participants = Participants(session)
        self.people = People(session)
        self.custody = Custody(session)
        self.custody_checks = CustodyChecks(session)
        self.tellings = Tellings(session)
        self.evidence = Evidence(session, self.custody)
        self.evidence_nudges = EvidenceNudges(session)
        self.sealed = Sealed(session, self.custody)
        self.escalations = Escalations(session)
        self.outbox = Outbox(session)
        self.paces = Paces(session)
        self.directory = Directory(session)
        self.drafts = Drafts(session)
        self.tasks = Tasks(session)
        self.steps = Steps(session)
        self.findings = Findings(session)
        self.switches = Switches(session)
        self.particulars = Particulars(session)
        self.obligations = Obligations(session)
        self.updates = Updates(session)
        self.texts = Texts(session)
        self.briefs = Briefs(session)
        self.cards = Cards(session)
        self.messages = Messages(session)
        self.reactions = Reactions(session)
        self.captures = Captures(session)
        self.screens = Screens(session)
        self.access_requests = AccessRequests(session)
        self.audits = Audits(session)
        self.alerts = Alerts(session)
        self.facts: list[AnyFact] = []
        self._add_learning(session)

    def _add_learning(self, session: AsyncSession) -> None:
        self.postmortems = Postmortems(session)
        self.action_items = ActionItems(session)
        self.reviews = Reviews(session)
        self.suggestions = Suggestions(session)

    def tell(self, fact: AnyFact) -> None:
        """A fact that holds once this unit is committed; its reactions are owed from then on."""
        self.facts.append(fact)


class Store:
    """Opens units of work. Both kinds raise StorageUnavailable while the database cannot work."""

    def __init__(self, database: Database, via: str = "") -> None:
        self.database = database
        self._via = via
        self.trouble = WriteTrouble()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Unit]:
        """A unit that commits on leaving; an error leaves nothing behind."""
        is_committing = False
        try:
            async with self.database.session() as session:
                yield Unit(session, self._via)
                is_committing = True
        except Exception as error:
            if not is_passing(error):
                raise
            self.trouble.note(reason(error))
            # SQLite answers for itself; over a network the answer to a commit can be lost.
            is_certain = self.database.is_sqlite or not is_committing
            raise StorageUnavailable(reason(error), is_certain=is_certain) from error

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Unit]:
        """A unit for looking only: it waits for no writer and never commits."""
        try:
            async with self.database.session(read_only=True) as session:
                yield Unit(session)
        except Exception as error:
            if not is_passing(error):
                raise
            raise StorageUnavailable(reason(error)) from error
