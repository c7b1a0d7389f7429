"""Evidence in a terminal: what is kept and missing, one exhibit, what verifying found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bot.domain.custody import Verified
from bot.domain.evidence import Wanted
from bot.domain.exhibits import Bundled
from bot.domain.notices.evidence import EvidenceList, ExhibitReceipt, ExhibitShown, SealedList, SealedShown
from bot.terminal import text
from bot.terminal.text import Names


def receipt(made: ExhibitReceipt) -> str:
    """It is kept."""
    verb = "was kept already" if made.was_there else "is kept"
    lines = [f"X{made.exhibit_id} {verb} in {made.summary.reference}, sha256 {made.sha256}."]
    return "\n".join([*lines, *_standing(made.wanted)])


def listing(found: EvidenceList, names: Names) -> str:
    """What is kept and what is wanted."""
    redacted = f", {found.redacted} redacted" if found.redacted else ""
    lines = [f"Evidence of {found.summary.reference}: {found.total - found.redacted} kept{redacted}."]
    lines += _standing(found.wanted)
    for one in found.exhibits:
        said = "(redacted)" if one.is_redacted else text.line(one.title, names, 60)
        files = f", {one.files} file(s)" if one.files else ""
        by = text.person(one.kept_by, names)
        lines.append(f"  X{one.exhibit_id}  {said}{files}  kept {text.utc(one.kept_at)} by {by}  {one.sha256[:12]}")
    return "\n".join(lines)


def listing_data(found: EvidenceList) -> dict[str, Any]:
    """The same for machines."""
    return {
        "incident": found.summary.reference,
        "exhibits": [
            {
                "id": f"X{one.exhibit_id}",
                "title": "" if one.is_redacted else one.title,
                "sha256": one.sha256,
                "kept_at": one.kept_at.isoformat(),
                "kept_by": one.kept_by,
                "how": one.how,
                "items": list(one.items),
                "files": one.files,
                "is_redacted": one.is_redacted,
            }
            for one in found.exhibits
        ],
        "wanted": {item.id: item.state.value for item in found.wanted.required},
        "recommended": {item.id: item.state.value for item in found.wanted.items if not item.is_required},
    }


def shown(exhibit: ExhibitShown, names: Names) -> str:
    """One exhibit, its content indented and cleaned."""
    one = exhibit.line
    lines = [f"X{one.exhibit_id} of {exhibit.summary.reference}: {text.line(one.title, names, 80)}"]
    if one.is_redacted:
        lines.append("Redacted: what it said is not kept any more.")
    if exhibit.masked:
        lines.append("Secrets are masked here; what is kept is as it was.")
    if exhibit.hidden:
        lines.append(f"{exhibit.hidden} hidden characters are written out as ⟨U+…⟩.")
    lines += text.paragraph(exhibit.body, names)
    for name, said in exhibit.fields:
        lines += [f"{name}: unknown"] if said is None else [f"{name}:", *text.paragraph(said, names)]
    for file in exhibit.files:
        state = text.line(file.problem, names) or (f"sha256 {file.sha256}" if file.sha256 else "still being fetched")
        lines.append(f"File {text.line(file.name, names, 80)}, {file.size:,} bytes: {state}")
    return "\n".join([*lines, f"sha256 {one.sha256}"])


def shown_data(exhibit: ExhibitShown) -> dict[str, Any]:
    """The same for machines; secrets stay masked."""
    one = exhibit.line
    return {
        "id": f"X{one.exhibit_id}",
        "incident": exhibit.summary.reference,
        "sha256": one.sha256,
        "body": exhibit.body,
        "fields": dict(exhibit.fields),
        "files": [{"name": f.name, "size": f.size, "sha256": f.sha256, "problem": f.problem} for f in exhibit.files],
        "hidden_characters": exhibit.hidden,
        "is_masked": exhibit.masked,
        "is_redacted": one.is_redacted,
    }


def sealed(found: SealedList, names: Names) -> str:
    """What is under seal."""
    lines = [f"Under seal in {found.summary.reference}: {len(found.items)}. Each reading is on record."]
    for item in found.items:
        by = text.person(item.sealed_by, names)
        lines.append(f"  S{item.item_id}  {item.kind} of {item.about}  {text.utc(item.sealed_at)} by {by}")
    return "\n".join(lines)


def unsealed(found: SealedShown, names: Names) -> str:
    """One sealed thing."""
    head = f"S{found.line.item_id} of {found.summary.reference}, privileged and confidential. This is on record."
    return "\n".join([head, *text.paragraph(found.body, names)])


def bundled(made: Bundled) -> str:
    """The bundle is written."""
    lines = [
        f"{made.reference}: {made.exhibits} exhibits and {made.files} files are in {text.place(str(made.directory))}.",
        f"The record's head is {made.head}. VERIFY.md there says how to check it without Andon.",
    ]
    return "\n".join([*lines, *(f"Not as it should be: {text.place(problem)}" for problem in made.problems)])


def verified(found: Sequence[Verified]) -> str:
    """What verifying found, incident by incident."""
    return "\n".join(line for one in found for line in _verified(one)) or "There is no evidence to verify."


def _verified(one: Verified) -> Iterator[str]:
    looked = (
        f"{one.entries} entries, {one.exhibits} exhibits, {one.files} files, {one.sealed} sealed, {one.stamps} stamps"
    )
    yield f"{one.reference}: {'sound' if one.is_sound else 'NOT SOUND'} ({looked})"
    yield from (f"  {text.place(finding.sentence)}" for finding in one.findings)


def _standing(wanted: Wanted) -> list[str]:
    if not wanted.required:
        return []
    lines = [f"{wanted.kept} of {len(wanted.required)} required things are kept."]
    if wanted.missing:
        lines.append("Missing: " + ", ".join(f"{item.id} {text.place(item.name)}" for item in wanted.missing))
    return lines
