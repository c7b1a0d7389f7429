"""All services of a running Andon, wired, by the names that the reactions table uses.

Each is made when it is first asked for and then stays; hooks are hung before anything runs.
"""

from __future__ import annotations

from functools import cached_property

from bot.services.alerts.room import AlertsRoom
from bot.services.ask_news import AskNews
from bot.services.asks import Asks
from bot.services.auditor import Auditor
from bot.services.backfill import Backfill
from bot.services.capture import Recorder
from bot.services.catchup import Catchup
from bot.services.choices import AS_SHIPPED, Choices
from bot.services.comms.room import CommsRoom
from bot.services.containment.deciding import Deciding
from bot.services.containment.ports import NOWHERE, Switchboard
from bot.services.containment.room import ContainmentRoom
from bot.services.details import Details
from bot.services.escalations import Escalations
from bot.services.evidence.room import EvidenceRoom
from bot.services.following import Following
from bot.services.home import Home
from bot.services.law.room import LawRoom
from bot.services.marks import Marks
from bot.services.moments import Moment
from bot.services.offers import Offers
from bot.services.panel import Panel
from bot.services.playbook.causes import Causes
from bot.services.playbook.checklists import Checklists
from bot.services.playbook.findings import Findings
from bot.services.playbook.news import PlaybookNews
from bot.services.playbook.planning import Plans
from bot.services.playbook.reloading import Reloading
from bot.services.playbook.reminding import Reminders
from bot.services.playbook.suggesting import Suggesting
from bot.services.ports import Chat
from bot.services.postmortem_news import PostmortemNews
from bot.services.postmortems import Postmortems
from bot.services.private import Private
from bot.services.raising import Raising
from bot.services.redaction import Redaction
from bot.services.reports.judging import Judging
from bot.services.reports.room import ReportsRoom
from bot.services.review.ports import NOBODY_OUTSIDE, Outward
from bot.services.review.room import ReviewRoom
from bot.services.role_news import RoleNews
from bot.services.roles import Roles
from bot.services.seating import Seating
from bot.services.seats import Seats
from bot.services.sweeping import Sweeping
from bot.services.targets import Targets
from bot.services.task_news import TaskNews
from bot.services.tasks import Tasks
from bot.services.timeline import Timelines
from bot.services.work import Work
from playbooks.library import Library


class Services(AlertsRoom, EvidenceRoom, ContainmentRoom, CommsRoom, LawRoom, ReportsRoom, ReviewRoom):
    """One of each."""

    def __init__(
        self,
        work: Work,
        chat: Chat,
        library: Library,
        choices: Choices = AS_SHIPPED,
        board: Switchboard = NOWHERE,
        outward: Outward = NOBODY_OUTSIDE,
    ) -> None:
        super().__init__(work, chat, library, choices)
        self.board = board
        self.outward = outward
        self._hang_hooks()

    def _hang_hooks(self) -> None:
        """What must happen in the very transaction of a moment. The order is that of making."""
        self.moments.at(Moment.DECLARED, self.incidents.let_in_first)
        self.escalations.hang_on(self.moments)
        self.moments.at(Moment.STOPPED, self.severities.drop_proposals)
        for moment in (Moment.DECLARED, Moment.SEVERITY, Moment.TYPE, Moment.REOPENED):
            self.moments.at(moment, self.seating.ask_for_empty_seats)
        self.moments.at(Moment.STOPPED, self.seating.stand_down)
        for moment in (Moment.STOPPED, Moment.REOPENED):
            self.moments.at(moment, self.judging.note_ending)
        for moment in (Moment.DECLARED, Moment.SEVERITY, Moment.TYPE):
            self.moments.at(moment, self.plans.plan)
        self.moments.at(Moment.STOPPED, self.plans.put_aside)
        self.moments.at(Moment.STOPPED, self.booking.put_aside)
        self.moments.at(Moment.REOPENED, self.plans.take_up)
        self.moments.at(Moment.REOPENED, self.review_closing.take_up)

    @cached_property
    def following(self) -> Following:
        """Followers and joiners."""
        return Following(self.work, self.chat, self.access, self.channels)

    @cached_property
    def details(self) -> Details:
        """Answers and examples."""
        return Details(self.work, self.access, self.voice, self.lifecycle, self.severities, self.library)

    @cached_property
    def judging(self) -> Judging:
        """Reports judged."""
        return Judging(
            self.work, self.access, self.circle, self.reports, self.report_rendering, self.incidents, self.details
        )

    @cached_property
    def seats(self) -> Seats:
        """Tenures made and ended."""
        return Seats(self.work, self.library)

    @cached_property
    def seating(self) -> Seating:
        """Offers by policy."""
        return Seating(self.work, self.seats, self.directory, self.library)

    @cached_property
    def roles(self) -> Roles:
        """Roles taken and released."""
        return Roles(self.work, self.access, self.seats, self.seating)

    @cached_property
    def offers(self) -> Offers:
        """Roles offered and handed over."""
        return Offers(self.work, self.access, self.naming, self.seats, self.seating)

    @cached_property
    def role_news(self) -> RoleNews:
        """What is said about roles."""
        return RoleNews(self.work, self.chat, self.channels, self.voice, self.library)

    @cached_property
    def tasks(self) -> Tasks:
        """Tasks given and done."""
        return Tasks(self.work, self.access, self.naming, self._choices.command)

    @cached_property
    def task_news(self) -> TaskNews:
        """What is said about tasks."""
        return TaskNews(self.work, self.chat, self.channels)

    @cached_property
    def plans(self) -> Plans:
        """Playbooks planned."""
        return Plans(self.work, self.library)

    @cached_property
    def checklists(self) -> Checklists:
        """Steps of the playbook ticked."""
        return Checklists(self.work, self.access, self.naming, self.library, self._choices.command)

    @cached_property
    def reloading(self) -> Reloading:
        """Playbooks edited meanwhile."""
        choices = self._choices
        return Reloading(self.work, self.chat, self.library, self.directory, choices.playbooks, choices.admins)

    @cached_property
    def reminders(self) -> Reminders:
        """Steps that are late."""
        return Reminders(self.work, self.directory, self.library)

    @cached_property
    def findings(self) -> Findings:
        """What is found."""
        return Findings(self.work, self.access, self.checklists, self.library, self._choices.command)

    @cached_property
    def causes(self) -> Causes:
        """The kind of cause, and incidents like it."""
        return Causes(self.work, self.access, self.library, self._choices.command)

    @cached_property
    def suggesting(self) -> Suggesting:
        """Changes suggested for the playbooks."""
        return Suggesting(self.work, self.access)

    @cached_property
    def playbook_news(self) -> PlaybookNews:
        """What is said about the playbook."""
        return PlaybookNews(self.work, self.chat, self.channels, self.library, self._choices.command)

    @cached_property
    def targets(self) -> Targets:
        """Whom a rung means."""
        return Targets(self.library, self.directory)

    @cached_property
    def escalations(self) -> Escalations:
        """The running ladder."""
        return Escalations(self.work, self.library, self.targets)

    @cached_property
    def deciding(self) -> Deciding:
        """Containment agreed to or refused."""
        return Deciding(self.work, self.access, self.operators, self.escalations)

    @cached_property
    def raising(self) -> Raising:
        """What is due, asked."""
        return Raising(self.work, self.library, self.targets, self.escalations)

    @cached_property
    def asks(self) -> Asks:
        """What people answer to it."""
        return Asks(self.work, self.access, self.naming, self.library, self.escalations)

    @cached_property
    def ask_news(self) -> AskNews:
        """What it says."""
        return AskNews(self.work, self.chat, self.voice, self.library)

    @cached_property
    def capture(self) -> Recorder:
        """Messages taken in."""
        return Recorder(self.work, self.directory)

    @cached_property
    def timeline(self) -> Timelines:
        """The timeline read and written."""
        return Timelines(self.work, self.access)

    @cached_property
    def marks(self) -> Marks:
        """Pins and receipts on messages."""
        return Marks(self.work, self.chat, self.access)

    @cached_property
    def redaction(self) -> Redaction:
        """Messages taken out."""
        return Redaction(self.work, self.chat, self.access, self.sealing)

    @cached_property
    def backfill(self) -> Backfill:
        """Gaps filled from history."""
        return Backfill(self.work, self.chat)

    @cached_property
    def catchup(self) -> Catchup:
        """What joiners hear."""
        return Catchup(self.work, self.chat, self.access, self.directory, self.library)

    @cached_property
    def private(self) -> Private:
        """Access to private incidents."""
        return Private(self.work, self.chat, self.access, self.naming)

    @cached_property
    def home(self) -> Home:
        """App Home."""
        return Home(self.work, self.chat, self.access, self._choices.command)

    @cached_property
    def panel(self) -> Panel:
        """The control panel."""
        return Panel(self.work, self.access, self.cards)

    @cached_property
    def postmortem_news(self) -> PostmortemNews:
        """Drafts shown in Slack."""
        return PostmortemNews(self.work, self.chat, self.channels)

    @cached_property
    def postmortems(self) -> Postmortems:
        """Drafts compiled and written."""
        return Postmortems(self.work, self.access, self.library, self._choices.playbooks)

    @cached_property
    def auditor(self) -> Auditor:
        """What is missing, mended or told."""
        return Auditor(self.work, self.chat, self.cadence, self.escalations, self.reckoning)

    @cached_property
    def sweeping(self) -> Sweeping:
        """Forgetting what serves nobody."""
        return Sweeping(self.work)
