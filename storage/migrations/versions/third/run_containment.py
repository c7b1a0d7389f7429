"""Run containment: every run of an action that stops harm."""

from typing import Any

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

LOOKED_AT = "due_at IS NOT NULL"
TABLE = "containment_runs"


def upgrade() -> None:
    """Move the schema one version on."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        *_what(),
        *_who(),
        *_how_it_went(),
        sa.ForeignKeyConstraint(
            ["back_for_id"], ["containment_runs.id"], name="fk_containment_runs_back_for_id_containment_runs"
        ),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name="fk_containment_runs_incident_id_incidents"),
        sa.PrimaryKeyConstraint("id", name="pk_containment_runs"),
        sa.UniqueConstraint("source_key", name="uq_containment_runs_source_key"),
    )
    where = sa.text(LOOKED_AT)
    op.create_index("ix_containment_runs_due", TABLE, ["due_at"], sqlite_where=where, postgresql_where=where)
    op.create_index("ix_containment_runs_incident_id", TABLE, ["incident_id"])
    op.create_index("ix_containment_runs_target", TABLE, ["target"])
    op.create_index("uq_containment_runs_number", TABLE, ["incident_id", "number"], unique=True)


def downgrade() -> None:
    """Move it back."""
    op.drop_table(TABLE)


def _what() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("system", _text(64), nullable=False),
        sa.Column("action", _text(64), nullable=False),
        sa.Column("catalogue", _text(8), nullable=False),
        sa.Column("title", _text(255), nullable=False),
        sa.Column("target", _text(1000), nullable=False),
        sa.Column("direction", sa.String(32), nullable=False),
        sa.Column("back_for_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("harm_cannot_wait", sa.Text(), nullable=False),
        sa.Column("exhibits", sa.Integer(), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("source_key", _text(255), nullable=True),
    )


def _who() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("requested_by", _text(255), nullable=False),
        sa.Column("requested_email", _text(320), nullable=False),
        sa.Column("requested_as", sa.JSON(), nullable=False),
        sa.Column("requested_at", _instant(), nullable=False),
        sa.Column("expires_at", _instant(), nullable=False),
        sa.Column("approvals", sa.JSON(), nullable=False),
        sa.Column("ratify_by", _instant(), nullable=True),
        sa.Column("ratified", sa.JSON(), nullable=False),
        sa.Column("is_automatic", sa.Boolean(), nullable=False),
    )


def _how_it_went() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("call_key", _text(64), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("called_at", _instant(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("checks", sa.JSON(), nullable=False),
        sa.Column("verify_until", _instant(), nullable=True),
        sa.Column("hold_until", _instant(), nullable=True),
        sa.Column("ended_at", _instant(), nullable=True),
        sa.Column("ended_by", _text(255), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("check_at", _instant(), nullable=True),
        sa.Column("unratified_at", _instant(), nullable=True),
        sa.Column("due_at", _instant(), nullable=True),
        sa.Column("post_ts", _text(32), nullable=True),
    )


def _text(length: int) -> sqlmodel.sql.sqltypes.AutoString:
    return sqlmodel.sql.sqltypes.AutoString(length=length)


def _instant() -> sqlmodel.sql.sqltypes.UTCDateTime:
    return sqlmodel.sql.sqltypes.UTCDateTime()
