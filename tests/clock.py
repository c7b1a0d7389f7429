"""The instant at which tests begin: a Friday afternoon, so that week-ends and holidays lie ahead."""

from __future__ import annotations

from datetime import UTC, datetime

FRIDAY = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
