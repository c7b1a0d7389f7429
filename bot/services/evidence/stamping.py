"""The head of each record shown to a time-stamping authority (RFC 3161), which sees a hash and nothing else.

Whoever rewrites a whole record, hashes and all, cannot rewrite what the authority signed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import structlog

from bot.domain.custody import Finding, Link, sha256
from bot.services.work import Work
from storage.custody import CustodyStamp

EVERY = timedelta(hours=1)
AT_ONCE = 20
MOST_ANSWER = 256 * 1024
PATIENCE = aiohttp.ClientTimeout(total=15, connect=5)
CONTENT_TYPE, ANSWER_TYPE = "application/timestamp-query", "application/timestamp-reply"
log = structlog.get_logger(__name__)


class NotStamped(Exception):
    """The authority did not stamp it; the text says why."""


@dataclass(frozen=True, slots=True)
class Authority:
    """Where to ask, and the certificate (PEM) that its own is to lead to; without one signatures are not checked."""

    url: str = ""
    certificate: Path | None = None


class Stamping:
    """Has records time-stamped and checks what was said of them."""

    def __init__(self, work: Work, authority: Authority) -> None:
        self._work = work
        self._authority = authority

    async def stamp_due(self) -> int:
        """A tick: stamp each record that went on since, hourly at most; how many were. Nothing without an authority."""
        if not self._authority.url:
            return 0
        now = self._work.now()
        async with self._work.read() as unit:
            due = await unit.custody.unstamped(now - EVERY, AT_ONCE)
        done = 0
        for number, length, head in due:
            try:
                token = await self._ask(head)
            except NotStamped as error:
                log.warning("a record was not time-stamped", incident=number, reason=str(error))
                return done
            async with self._work() as unit:
                stamped = CustodyStamp(
                    incident_id=number,
                    seq=length,
                    hash=head,
                    authority=self._authority.url,
                    token=token,
                    stamped_at=self._work.now(),
                )
                await unit.custody.add_stamp(stamped)
            done += 1
        return done

    def problems(self, name: str, links: Sequence[Link], stamps: Sequence[Mapping[str, Any]]) -> list[Finding]:
        """Time-stamps that do not fit the record, or that their authority never signed."""
        by_seq = {link.seq: link.hash for link in links}
        found = []
        for row in stamps:
            about = f"stamp T{row['id']}"
            if by_seq.get(row["seq"]) != row["hash"]:
                found.append(Finding(about, f"Time-stamp T{row['id']} of {name} is of another record than this one."))
            elif reason := _wrong(bytes(row["token"]), str(row["hash"]), self._authority.certificate):
                found.append(Finding(about, f"Time-stamp T{row['id']} of {name} does not hold: {reason}."))
        return found

    async def _ask(self, head: str) -> bytes:
        from rfc3161_client import HashAlgorithm, TimestampRequestBuilder  # noqa: PLC0415 - only who needs it waits for it

        request = TimestampRequestBuilder().data(head.encode()).hash_algorithm(HashAlgorithm.SHA256).build()
        answer = await _posted(self._authority.url, request.as_bytes())
        reason = await asyncio.to_thread(_wrong, answer, head, self._authority.certificate, request.nonce)
        if reason:
            raise NotStamped(reason)
        return answer


async def _posted(url: str, query: bytes) -> bytes:
    try:
        async with (
            aiohttp.ClientSession(timeout=PATIENCE) as session,
            session.post(url, data=query, headers={"Content-Type": CONTENT_TYPE}, allow_redirects=False) as response,
        ):
            if response.status != 200 or response.content_type != ANSWER_TYPE:
                raise NotStamped(f"the authority answered {response.status} {response.content_type}")
            answer = await response.content.read(MOST_ANSWER)
            while not response.content.at_eof() and len(answer) < MOST_ANSWER:
                answer += await response.content.read(MOST_ANSWER - len(answer))
    except (aiohttp.ClientError, TimeoutError) as error:
        raise NotStamped(f"the authority cannot be reached ({error!r})") from error
    return answer


def _wrong(answer: bytes, head: str, certificate: Path | None, nonce: int | None = None) -> str:
    """Why an answer is no stamp of this head; empty when it is."""
    from cryptography.x509 import load_pem_x509_certificates  # noqa: PLC0415 - only who needs it waits for it
    from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response  # noqa: PLC0415 - only who needs it waits for it

    try:
        response = decode_timestamp_response(answer)
        if response.status not in (0, 1):
            return f"the authority refused, with status {response.status}"
        if response.tst_info.message_imprint.message.hex() != sha256(head):
            return "it is of something else"
        if nonce is not None and response.tst_info.nonce != nonce:
            return "it answers another question"
        if certificate is not None:
            verifier = VerifierBuilder()
            for root in load_pem_x509_certificates(certificate.read_bytes()):
                verifier = verifier.add_root_certificate(root)
            verifier.build().verify_message(response, head.encode())
    except (ValueError, VerificationError, OSError) as error:
        return str(error) or type(error).__name__
    return ""
