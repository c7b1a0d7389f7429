"""All services of a running Andon, by the names that the reactions table uses."""

from __future__ import annotations

from dataclasses import dataclass

from bot.services.access import Access
from bot.services.announcements import Announcements
from bot.services.ask_news import AskNews
from bot.services.asks import Asks
from bot.services.auditor import Auditor
from bot.services.backfill import Backfill
from bot.services.capture import Recorder
from bot.services.cards import Cards
from bot.services.catchup import Catchup
from bot.services.channels import Channels
from bot.services.closing import Closing
from bot.services.details import Details
from bot.services.directory import Directory
from bot.services.escalations import Escalations
from bot.services.exhibits import Exhibits
from bot.services.following import Following
from bot.services.home import Home
from bot.services.incidents import Incidents
from bot.services.lifecycle import Lifecycle
from bot.services.marks import Marks
from bot.services.merging import Merging
from bot.services.moments import Moments
from bot.services.naming import Naming
from bot.services.offers import Offers
from bot.services.panel import Panel
from bot.services.postmortems import Postmortems
from bot.services.private import Private
from bot.services.redaction import Redaction
from bot.services.reporters import Reporters
from bot.services.role_news import RoleNews
from bot.services.roles import Roles
from bot.services.severities import Severities
from bot.services.task_news import TaskNews
from bot.services.tasks import Tasks
from bot.services.timeline import Timelines
from bot.services.updates import Updates
from bot.services.work import Work
from playbooks.library import Library


@dataclass(frozen=True, slots=True)
class Services:
    """One of each."""

    work: Work
    library: Library
    access: Access
    directory: Directory
    incidents: Incidents
    channels: Channels
    cards: Cards
    announcements: Announcements
    reporters: Reporters
    moments: Moments
    severities: Severities
    lifecycle: Lifecycle
    closing: Closing
    merging: Merging
    updates: Updates
    following: Following
    details: Details
    private: Private
    naming: Naming
    roles: Roles
    offers: Offers
    role_news: RoleNews
    tasks: Tasks
    task_news: TaskNews
    auditor: Auditor
    capture: Recorder
    timeline: Timelines
    marks: Marks
    exhibits: Exhibits
    redaction: Redaction
    backfill: Backfill
    catchup: Catchup
    home: Home
    panel: Panel
    escalations: Escalations
    asks: Asks
    ask_news: AskNews
    postmortems: Postmortems
