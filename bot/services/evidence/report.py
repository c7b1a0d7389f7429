"""What goes into a bundle in words: the report, and how to verify the bundle with a checksum tool and Python alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.evidence import Wanted
from storage.incidents import Incident

VERIFY = """# How to verify this bundle

Nothing of Andon is needed: a tool for SHA-256 and Python 3 do.

1. Every file is as it was exported:

       sha256sum --check SHA256SUMS

2. The record was not altered, cut or put in another order, and every exhibit is what the record took in.
   Save this as `verify.py` outside the bundle and run `python3 verify.py BUNDLE`:

```python
import hashlib, json, pathlib, sys

root = pathlib.Path(sys.argv[1])
manifest = json.loads((root / "manifest.json").read_text("utf-8"))
digest = lambda data: hashlib.sha256(data).hexdigest()
wrong, before, taken_in = [], "0" * 64, {}
for number, line in enumerate((root / "chain.jsonl").read_text("utf-8").splitlines(), 1):
    link = json.loads(line)
    entry = json.loads(link["entry"])
    if link["n"] != number or entry["n"] != number:
        wrong.append(f"entry {number} is missing or out of order")
    if digest((before + link["entry"]).encode()) != link["hash"]:
        wrong.append(f"entry {number} was altered")
    before = link["hash"]
    if "sha256" in entry:
        taken_in[entry["about"]] = entry["sha256"]
if before != manifest["record"]["head"]:
    wrong.append("the record does not end where the manifest says")
for thing in manifest["exhibits"] + manifest["sealed"]:
    name = ("exhibit " if thing["id"].startswith("X") else "sealed ") + thing["id"]
    if taken_in.get(name) != thing["sha256"]:
        wrong.append(f"{name} is not in the record as it is here")
    for file in [thing, *thing["files"]]:
        if "path" in file and digest((root / file["path"]).read_bytes()) != file["sha256"]:
            wrong.append(f"{file['path']} is not what was kept")
print("\\n".join(wrong) or f"sound: {number} entries, {len(manifest['exhibits'])} exhibits, head {before}")
sys.exit(bool(wrong))
```

   By hand: the hash of an entry is the SHA-256 of the hash before it (64 hexadecimal digits, zeros for the first)
   directly followed by the text in `entry`; both without a line end.

3. Time-stamps (RFC 3161), where there are any, with OpenSSL and the authority's root certificate:

       openssl ts -verify -data timestamps/T1.txt -in timestamps/T1.tsr -CAfile root.pem

   The text file holds the hash of the record at that entry; it stands in `chain.jsonl`, too.

What was redacted is listed with its hash and without its content.
"""


def written(incident: Incident, manifest: Mapping[str, Any], state: Wanted, problems: Sequence[str]) -> str:
    """The report in Markdown. Titles stand in code spans, so that nothing in them is read as markup."""
    lines = [
        f"# Evidence of {incident.reference}",
        "",
        f"Exported {manifest['exported_at']} by {manifest['exported_by']}.",
        f"The record has {manifest['record']['entries']} entries; its head is `{manifest['record']['head']}`.",
        "",
        f"Of what the incident's type requires, {state.kept} of {len(state.required)} are kept.",
        *(f"- {item.id} {item.name}: {item.state.value}" for item in state.required),
        "",
        "| Exhibit | Title | Kept (UTC) | By | How | SHA-256 | Files |",
        "|---|---|---|---|---|---|---|",
        *(_row(exhibit) for exhibit in manifest["exhibits"]),
        "",
    ]
    if problems:
        lines += ["## What is not in the bundle as it should be", "", *(f"- {_plain(one)}" for one in problems), ""]
    lines.append("VERIFY.md says how to check all of this without Andon.")
    return "\n".join(lines) + "\n"


def _row(exhibit: Mapping[str, Any]) -> str:
    title = "_redacted_" if "redacted_at" in exhibit else f"`{_plain(exhibit['title'])}`"
    cells = (exhibit["id"], title, exhibit["kept_at"], exhibit["kept_by"], exhibit["how"] or "", exhibit["sha256"])
    return f"| {' | '.join(cells)} | {len(exhibit['files'])} |"


def _plain(text: str) -> str:
    return " ".join(text.split()).replace("`", "'").replace("|", "/")
