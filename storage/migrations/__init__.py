"""Alembic's room: the environment and the versions of the schema."""
