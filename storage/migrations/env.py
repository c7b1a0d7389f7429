"""Alembic's environment: runs on the connection that :mod:`storage.schema` hands over, on SQLite and PostgreSQL."""

from __future__ import annotations

from alembic import context

from storage.records import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, compare_type=True)
with context.begin_transaction():
    context.run_migrations()
