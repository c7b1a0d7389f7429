"""policies/review.yaml: how long a review takes, when owners of action items are reminded, and who else is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from bot.domain.action_items import Chase
from bot.domain.deadlines import Duration, TimeUnit
from bot.domain.review import LONGEST, SHORTEST
from playbooks.calls import SecretName, Url
from playbooks.catalogue import ContainmentFile
from playbooks.errors import PolicyError
from playbooks.reading import Page
from playbooks.values import Model, Span

UNITS = {TimeUnit.HOURS: timedelta(hours=1), TimeUnit.CALENDAR_DAYS: timedelta(days=1)}


def _plain(value: Duration) -> Duration:
    if value.unit not in UNITS or not value.amount:
        raise ValueError(f"{value} is no plain span: write hours or calendar days, such as 4h or 3cd")
    return value


PlainSpan = Annotated[Span, AfterValidator(_plain)]


class ChasePolicy(Model):
    """When the owner of an open action item is reminded, counted from its due date."""

    before: tuple[PlainSpan, ...] = Field(max_length=10)
    after: tuple[PlainSpan, ...] = Field(max_length=10)
    then_every: PlainSpan

    def chase(self) -> Chase:
        """The rule in lengths of time."""
        return Chase(tuple(map(_span, self.before)), tuple(map(_span, self.after)), _span(self.then_every))


class HookPolicy(Model):
    """Where action items go as signed webhooks. ``private``: those of private incidents, too; drills never."""

    url: Url
    secret: SecretName
    private: bool = False


class ReviewFile(Model):
    """policies/review.yaml."""

    minutes: int = Field(ge=SHORTEST, le=LONGEST)
    chase: ChasePolicy
    hook: HookPolicy | None = None


def misfits(page: Page, file: ReviewFile, containment: ContainmentFile) -> Iterator[PolicyError]:
    """A webhook to a host that Andon must not call."""
    if file.hook is None:
        return
    host = urlsplit(file.hook.url).hostname or ""
    if containment.host(host) is None:
        yield page.error(("hook", "url"), f"{host} is not among the hosts of containment.yaml")


def _span(duration: Duration) -> timedelta:
    return duration.amount * UNITS[duration.unit]
