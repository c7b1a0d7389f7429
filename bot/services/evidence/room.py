"""The services of evidence, wired."""

from __future__ import annotations

from functools import cached_property

from bot.services.choices import AS_SHIPPED, Choices
from bot.services.evidence.bundling import Bundling
from bot.services.evidence.checking import Checking
from bot.services.evidence.exhibits import Exhibits
from bot.services.evidence.fetching import Fetching
from bot.services.evidence.keeping import Keeping
from bot.services.evidence.nudging import EvidenceNudges
from bot.services.evidence.sealing import Sealing
from bot.services.evidence.stamping import Authority, Stamping
from bot.services.evidence.verifying import Verifying
from bot.services.ground import Ground
from bot.services.ports import Chat
from bot.services.work import Work
from playbooks.library import Library
from storage.blobs import BlobStore


class EvidenceRoom(Ground):
    """What concerns evidence, on the ground of all."""

    def __init__(self, work: Work, chat: Chat, library: Library, choices: Choices = AS_SHIPPED) -> None:
        super().__init__(work, chat, library, choices)
        self.blobs = BlobStore(choices.evidence)

    @cached_property
    def exhibits(self) -> Exhibits:
        """Evidence shown."""
        return Exhibits(self.work, self.access, self.library)

    @cached_property
    def keeping(self) -> Keeping:
        """Evidence taken in."""
        return Keeping(self.work, self.access, self.library, self.blobs, self._choices.command)

    @cached_property
    def fetching(self) -> Fetching:
        """Files of evidence fetched."""
        return Fetching(self.work, self.chat, self.voice, self.blobs)

    @cached_property
    def sealing(self) -> Sealing:
        """What is under seal."""
        return Sealing(self.work, self.access, self.directory, self.library)

    @cached_property
    def stamping(self) -> Stamping:
        """Records time-stamped."""
        authority = Authority(self._choices.timestamp_url, self._choices.timestamp_certificate)
        return Stamping(self.work, authority)

    @cached_property
    def verifying(self) -> Verifying:
        """Whether all is as it was kept."""
        return Verifying(self.work, self.blobs, self.stamping)

    @cached_property
    def checking(self) -> Checking:
        """The same each day, and who hears of it."""
        return Checking(self.work, self.chat, self.access, self.directory, self.library, self.verifying)

    @cached_property
    def bundling(self) -> Bundling:
        """Bundles for others."""
        return Bundling(self.work, self.access, self.library, self.blobs, self.sealing)

    @cached_property
    def evidence_nudges(self) -> EvidenceNudges:
        """What is missing, asked for."""
        return EvidenceNudges(self.work, self.chat, self.library, self._choices.command)
