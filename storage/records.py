"""Every record, imported: whoever needs the whole schema asks here."""

from __future__ import annotations

from sqlmodel import SQLModel

import storage.store  # noqa: F401  importing every repository defines every table

metadata = SQLModel.metadata
