"""A small time-stamping authority on this machine, made of OpenSSL's own: what it signs is as a real one signs it."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web

CONFIG = """
[tsa]
default_tsa = one
[one]
serial = {home}/serial
crypto_device = builtin
signer_cert = {home}/tsa.pem
signer_key = {home}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[leaf]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[req]
distinguished_name = name
[name]
"""


@dataclass
class Authority:
    """Signs queries; ``url`` once it is served. ``answers`` replaces what it would say."""

    home: Path
    url: str = ""
    queries: int = 0
    answers: list[web.Response] = field(default_factory=list)

    @property
    def certificate(self) -> Path:
        """Its root."""
        return self.home / "ca.pem"

    def sign(self, query: bytes) -> bytes:
        """The reply to a query."""
        asked, reply = self.home / "query.tsq", self.home / "reply.tsr"
        asked.write_bytes(query)
        _openssl("ts", "-reply", "-config", "tsa.cnf", "-queryfile", asked.name, "-out", reply.name, home=self.home)
        return reply.read_bytes()

    async def answer(self, request: web.Request) -> web.Response:
        """Over HTTP."""
        self.queries += 1
        if self.answers:
            return self.answers.pop(0)
        body = await asyncio.to_thread(self.sign, await request.read())
        return web.Response(body=body, content_type="application/timestamp-reply")


def make_authority(home: Path) -> Authority:
    """Keys and certificates for one; skips, saying why, without OpenSSL."""
    if shutil.which("openssl") is None:
        pytest.skip("NO OPENSSL: it plays the time-stamping authority")
    (home / "tsa.cnf").write_text(CONFIG.format(home=home))
    (home / "serial").write_text("01\n")
    new = ("req", "-config", "tsa.cnf", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    _openssl(
        *new,
        "-x509",
        "-days",
        "30",
        "-subj",
        "/CN=Root",
        "-extensions",
        "ca",
        "-keyout",
        "ca.key",
        "-out",
        "ca.pem",
        home=home,
    )
    _openssl(*new, "-subj", "/CN=Authority", "-keyout", "tsa.key", "-out", "tsa.csr", home=home)
    signing = ("x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "30")
    _openssl(*signing, "-extfile", "tsa.cnf", "-extensions", "leaf", "-out", "tsa.pem", home=home)
    return Authority(home)


@asynccontextmanager
async def served() -> AsyncIterator[Authority]:
    """An authority that answers over HTTP until leaving."""
    with tempfile.TemporaryDirectory() as directory:
        authority = make_authority(Path(directory))
        app = web.Application()
        app.router.add_post("/", authority.answer)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        try:
            authority.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
            yield authority
        finally:
            await runner.cleanup()


def _openssl(*arguments: str, home: Path) -> None:
    subprocess.run(["openssl", *arguments], cwd=home, check=True, capture_output=True)
