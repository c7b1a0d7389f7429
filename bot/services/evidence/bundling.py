"""The bundle for others: exact files, a manifest, the record, a report, and how to verify it all without Andon."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bot.domain.custody import Deed, Link, sha256, stamp
from bot.domain.errors import BadInput
from bot.domain.evidence import UNKNOWN_MARK, Wanted
from bot.domain.exhibits import Bundled
from bot.domain.incident import IncidentType
from bot.domain.people import Actor
from bot.domain.permissions import Verb
from bot.services.access import Access
from bot.services.completeness import wanted
from bot.services.evidence.report import VERIFY, written
from bot.services.evidence.sealing import Sealing
from bot.services.work import Work
from playbooks.library import Library
from storage.blobs import BlobMissing, BlobStore
from storage.custody import CustodyStamp
from storage.evidence import Exhibit, content
from storage.incidents import Incident
from storage.sealed import SealedItem

UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
SUMS, MANIFEST, CHAIN = "SHA256SUMS", "manifest.json", "chain.jsonl"


@dataclass(frozen=True, slots=True)
class _Case:
    """All of one incident that goes out."""

    incident: Incident
    exhibits: Sequence[Exhibit]
    sealed: Sequence[SealedItem]
    stamps: Sequence[CustodyStamp]
    links: Sequence[Link]
    state: Wanted


@dataclass(slots=True)
class _Bundle:
    """A bundle being written: its directory, and the SHA-256 of each file in it."""

    root: Path
    sums: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def put(self, name: str, data: bytes) -> str:
        """Write a file; gives its SHA-256."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        self.sums[name] = sha256(data)
        return self.sums[name]


class Bundling:
    """Makes bundles."""

    def __init__(self, work: Work, access: Access, library: Library, blobs: BlobStore, sealing: Sealing) -> None:
        self._work = work
        self._access = access
        self._library = library
        self._blobs = blobs
        self._sealing = sealing

    async def export(self, incident_id: int, to: Path, *, by: Actor, with_sealed: bool = False) -> Bundled:
        """Write the bundle into a directory that does not exist yet or is empty, whole or not at all.

        That it was exported, and by whom, is its last entry. Sealed things go with it only for those whom policy names.
        """
        _check_free(to)
        case = await self._case(incident_id, by, with_sealed=with_sealed)
        part = to.with_name(f".{to.name}.{uuid.uuid4().hex}.part")
        bundle = _Bundle(part)
        try:
            await self._fill(bundle, case, by)
            await asyncio.to_thread(_put_in_place, part, to)
        except OSError as error:
            raise BadInput(f"The bundle cannot be written to {to}: {error.strerror or error}.") from error
        finally:
            await asyncio.to_thread(shutil.rmtree, part, ignore_errors=True)
        head, files = case.links[-1].hash, sum(name.startswith("files/") for name in bundle.sums)
        reference = case.incident.reference
        return Bundled(reference, to, len(case.exhibits), files, head, tuple(bundle.problems))

    async def _case(self, incident_id: int, by: Actor, *, with_sealed: bool) -> _Case:
        async with self._work() as unit:
            incident = await self._access.get(unit, incident_id, Verb.EXPORT_EVIDENCE, by, lock=True)
            if with_sealed:
                await self._sealing.require(unit, incident_id, by)
            how = "with what is sealed" if with_sealed else "without what is sealed"
            about = f"record of {incident.reference}"
            await unit.custody.append(incident_id, Deed.EXPORTED, about, by=str(by), how=how, at=self._work.now())
            exhibits = await unit.evidence.of(incident_id)
            items = [item for exhibit in exhibits if exhibit.redacted_at is None for item in exhibit.items]
            return _Case(
                incident=incident,
                exhibits=exhibits,
                sealed=await unit.sealed.of(incident_id) if with_sealed else (),
                stamps=await unit.custody.stamps(incident_id),
                links=await unit.custody.links(incident_id),
                state=wanted(self._library, IncidentType(incident.type), items),
            )

    async def _fill(self, bundle: _Bundle, case: _Case, by: Actor) -> None:
        exhibits = [await self._exhibit(bundle, exhibit) for exhibit in case.exhibits]
        sealed = [await self._sealed(bundle, item) for item in case.sealed]
        for one in case.stamps:
            bundle.put(f"timestamps/T{one.id}.tsr", one.token)
            bundle.put(f"timestamps/T{one.id}.txt", one.hash.encode())
        lines = [{"n": link.seq, "hash": link.hash, "entry": link.entry} for link in case.links]
        bundle.put(CHAIN, "".join(json.dumps(line) + "\n" for line in lines).encode())
        manifest = {
            "format": 1,
            "incident": case.incident.reference,
            "exported_at": stamp(self._work.now()),
            "exported_by": str(by),
            "andon": version("andon"),
            "record": {"entries": len(case.links), "head": case.links[-1].hash, "file": CHAIN},
            "completeness": {item.id: item.state.value for item in case.state.items if item.is_required},
            "exhibits": exhibits,
            "sealed": sealed,
            "timestamps": [_stamped(one) for one in case.stamps],
            "verify": VERIFY,
        }
        bundle.put(MANIFEST, (json.dumps(manifest, indent=2) + "\n").encode())
        bundle.put("report.md", written(case.incident, manifest, case.state, bundle.problems).encode())
        bundle.put("VERIFY.md", VERIFY.encode())
        listing = "".join(f"{digest}  {name}\n" for name, digest in sorted(bundle.sums.items()))
        (bundle.root / SUMS).write_text(listing, encoding="ascii")

    async def _exhibit(self, bundle: _Bundle, exhibit: Exhibit) -> dict[str, Any]:
        told: dict[str, Any] = {
            "id": f"X{exhibit.key}",
            "title": exhibit.title,
            "sha256": exhibit.sha256,
            "kept_at": stamp(exhibit.kept_at),
            "kept_by": exhibit.kept_by,
            "how": exhibit.how,
            "items": [item for item in exhibit.items if not item.startswith(UNKNOWN_MARK)],
            "unknown": [name for name, text in exhibit.fields.items() if text is None],
            "origin": exhibit.permalink,
        }
        if exhibit.redacted_at is not None:
            return {**told, "redacted_at": stamp(exhibit.redacted_at), "files": []}
        ending = "json" if exhibit.fields else "txt"
        data = content(exhibit.body, exhibit.fields).encode("utf-8", "surrogatepass")
        path = f"exhibits/X{exhibit.key}.{ending}"
        bundle.put(path, data)
        owner = f"X{exhibit.key}"
        files = [await self._file(bundle, owner, number, file) for number, file in enumerate(exhibit.files, 1)]
        return {**told, "path": path, "files": files}

    async def _sealed(self, bundle: _Bundle, item: SealedItem) -> dict[str, Any]:
        path = f"sealed/S{item.key}.json"
        bundle.put(path, item.content.encode())
        held = json.loads(item.content).get("files") or []
        named = [file for file in held if isinstance(file, dict)]
        files = [await self._file(bundle, f"S{item.key}", number, file) for number, file in enumerate(named, 1)]
        what = {"id": f"S{item.key}", "kind": item.kind.value, "path": path, "sha256": item.sha256}
        return {**what, "original_sha256": item.original_sha256, "files": files}

    async def _file(self, bundle: _Bundle, owner: str, number: int, file: Mapping[str, Any]) -> dict[str, Any]:
        name, expected = str(file.get("name") or "file"), str(file.get("sha256") or "")
        told = {"name": name, "size": file.get("size"), "sha256": expected or None}
        if not expected:
            problem = str(file.get("problem") or f"“{name}” was not fetched yet.")
        else:
            try:
                data = await self._blobs.get(expected)
            except (BlobMissing, OSError):
                problem = f"“{name}” is missing from the store."
            else:
                path = f"files/{owner}-{number}-{UNSAFE.sub('_', name)[-80:].strip('.') or 'file'}"
                if bundle.put(path, data) == expected:
                    return {**told, "path": path}
                problem = f"“{name}” was altered in the store: it has another SHA-256 than when it was kept."
                told["path"] = path
        bundle.problems.append(f"{owner}: {problem}")
        return {**told, "problem": problem}


def _stamped(one: CustodyStamp) -> dict[str, Any]:
    return {"id": f"T{one.id}", "of_entry": one.seq, "hash": one.hash, "authority": one.authority} | {
        "at": stamp(one.stamped_at),
        "path": f"timestamps/T{one.id}.tsr",
    }


def _put_in_place(part: Path, to: Path) -> None:
    if to.exists():
        to.rmdir()
    part.replace(to)


def _check_free(to: Path) -> None:
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise BadInput(f"{to} is there already and not an empty directory. Name one that does not exist yet.")
    if not to.parent.is_dir():
        raise BadInput(f"There is no directory {to.parent}. Make it, or name another.")
