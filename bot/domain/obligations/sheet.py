"""The data that several authorities' forms ask for, once: each field with what is known, and which form wants it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.domain.particulars import NOT_YET_KNOWN, Particular

FORMS = ("OECD", "GPAI code", "GDPR 33", "AI Act 73", "SB 53", "DORA")
# What each form calls it, in the order of FORMS; "-": it does not ask.
STATEMENT = ("1, 2", "-", "nature", "yes", "yes", "yes")
DATES = ("5", "yes", "-", "yes", "yes", "yes")
CHAIN = ("3", "yes", "-", "yes", "why it qualifies", "cause type")
SYSTEM = ("8, 9", "yes", "-", "yes", "-", "service")
HARM = ("10-14", "yes", "people and records", "yes", "-", "clients, value")
ACTIONS = ("27", "yes", "measures", "yes", "-", "yes")
CAUSE = ("28, 29", "yes", "-", "later", "-", "final report")
CONTACT = ("4", "submitter", "data protection officer", "yes", "-", "yes")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A field: its title, the forms' names for it, and the particular or the incident's own value that fills it."""

    part: str
    title: str
    key: str
    forms: tuple[str, ...]


FIELDS = (
    Wanted("What happened", "Title", "title", STATEMENT),
    Wanted("What happened", "Plain statement", "plain_statement", STATEMENT),
    Wanted("What happened", "Severity", "severity", HARM),
    Wanted("When", "First bad output", "started_at", DATES),
    Wanted("When", "Last bad output", "ended_at", DATES),
    Wanted("When", "Detected", "detected_at", DATES),
    Wanted("When", "Aware since", "aware_at", DATES),
    Wanted("When", "Declared", "declared_at", DATES),
    Wanted("When", "Contained", "contained_at", DATES),
    Wanted("When", "Resolved", "resolved_at", DATES),
    Wanted("How", "How the AI caused it", "chain_of_events", CHAIN),
    Wanted("How", "Causal link seen", "causal_link_at", CHAIN),
    Wanted("System", "AI system", "system", SYSTEM),
    Wanted("System", "Model version", "model_version", SYSTEM),
    Wanted("System", "Provider", "provider", SYSTEM),
    Wanted("Harm", "Regions", "regions", HARM),
    Wanted("Harm", "People harmed", "harmed_people", HARM),
    Wanted("Harm", "People affected", "people_affected", HARM),
    Wanted("Harm", "Records affected", "records_affected", HARM),
    Wanted("Harm", "Health records affected", "health_records_affected", HARM),
    Wanted("Harm", "Clients affected", "clients_affected", HARM),
    Wanted("Harm", "Transactions or decisions affected", "transactions_affected", HARM),
    Wanted("Harm", "Value affected", "value_affected", HARM),
    Wanted("Harm", "Categories of data", "data_categories", HARM),
    Wanted("Harm", "Categories of people", "people_categories", HARM),
    Wanted("Harm", "Likely consequences", "consequences", HARM),
    Wanted("Actions", "Measures taken", "measures_taken", ACTIONS),
    Wanted("Actions", "Measures planned", "measures_planned", ACTIONS),
    Wanted("Cause", "Root cause", "root_cause", CAUSE),
    Wanted("Cause", "Reproduced", "reproduced", CAUSE),
    Wanted("Contact", "Contact", "contact", CONTACT),
)


@dataclass(frozen=True, slots=True)
class Filled:
    """A field with its value; None is not yet known. ``forms``: which form asks, and under which name."""

    part: str
    title: str
    value: str | None
    is_confirmed: bool
    forms: Mapping[str, str]

    @property
    def words(self) -> str:
        """The value as it is written."""
        return NOT_YET_KNOWN if self.value is None else self.value


def fill(particulars: Mapping[str, Particular], own: Mapping[str, str]) -> tuple[Filled, ...]:
    """Every field. ``own`` is what the incident itself knows, in words; a particular of the same key goes first."""
    return tuple(_filled(wanted, particulars, own) for wanted in FIELDS)


def missing(fields: Iterable[Filled]) -> tuple[str, ...]:
    """The titles of what is not yet known."""
    return tuple(field.title for field in fields if field.value is None)


def _filled(wanted: Wanted, particulars: Mapping[str, Particular], own: Mapping[str, str]) -> Filled:
    known = particulars.get(wanted.key)
    value = known.words if known else own.get(wanted.key)
    forms = {form: name for form, name in zip(FORMS, wanted.forms, strict=True) if name != "-"}
    return Filled(wanted.part, wanted.title, value, known.is_confirmed if known else True, forms)
