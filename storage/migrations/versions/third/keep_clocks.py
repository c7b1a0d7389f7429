"""Keep clocks: particulars of incidents, obligations, what was decided and sent, what was handed out."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

NEW_TABLES = ("obligation_exports", "obligation_notices", "obligation_decisions", "obligations", "particulars")

SILENT = (
    "remind_at IS NULL AND due_strict IS NOT NULL AND sent_at IS NULL "
    "AND decision <> 'does_not_apply' AND said <> 'overdue'"
)


def upgrade() -> None:
    """Move the schema one version on."""
    _particulars()
    _obligations()
    _decisions()
    _notices()
    _exports()


def downgrade() -> None:
    """Move it back."""
    for table in NEW_TABLES:
        op.drop_table(table)


def _particulars() -> None:
    op.create_table(
        "particulars",
        sa.Column("id", sa.Integer(), nullable=False),
        _incident(),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("is_confirmed", sa.Boolean(), nullable=False),
        sa.Column("decided_by", sa.String(255), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_at", _instant(), nullable=False),
        sa.Column("set_by", sa.String(255), nullable=False),
        sa.Column("source_key", sa.String(255), nullable=False),
        _owner("particulars"),
        sa.PrimaryKeyConstraint("id", name="pk_particulars"),
        sa.UniqueConstraint("source_key", name="uq_particulars_source_key"),
    )
    op.create_index("uq_particulars_version", "particulars", ["incident_id", "key", "version"], unique=True)


def _obligations() -> None:
    instants: list[sa.Column[object]] = [
        sa.Column(name, _instant(), nullable=True) for name in ("started_at", "due_strict", "due_statutory")
    ]
    op.create_table(
        "obligations",
        sa.Column("id", sa.Integer(), nullable=False),
        _incident(),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("clock", sa.String(60), nullable=False),
        sa.Column("row", sa.JSON(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("proposed_at", _instant(), nullable=False),
        sa.Column("decision", sa.String(32), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("decided_at", _instant(), nullable=True),
        sa.Column("decided_by", sa.String(255), nullable=True),
        sa.Column("counsel_at", _instant(), nullable=True),
        sa.Column("counsel_by", sa.String(255), nullable=True),
        *instants,
        sa.Column("said", sa.String(32), nullable=False),
        sa.Column("remind_at", _instant(), nullable=True),
        sa.Column("sent_at", _instant(), nullable=True),
        _owner("obligations"),
        sa.PrimaryKeyConstraint("id", name="pk_obligations"),
    )
    op.create_index("uq_obligations_clock", "obligations", ["incident_id", "clock"], unique=True)
    op.create_index("uq_obligations_number", "obligations", ["incident_id", "number"], unique=True)
    where = sa.text("remind_at IS NOT NULL")
    op.create_index("ix_obligations_waiting", "obligations", ["remind_at"], sqlite_where=where, postgresql_where=where)
    where = sa.text(SILENT)
    op.create_index("ix_obligations_silent", "obligations", ["incident_id"], sqlite_where=where, postgresql_where=where)


def _decisions() -> None:
    op.create_table(
        "obligation_decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("obligation_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(32), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("decided_at", _instant(), nullable=False),
        sa.Column("decided_by", sa.String(255), nullable=False),
        sa.Column("source_key", sa.String(255), nullable=False),
        _clock("obligation_decisions"),
        sa.PrimaryKeyConstraint("id", name="pk_obligation_decisions"),
        sa.UniqueConstraint("source_key", name="uq_obligation_decisions_source_key"),
    )
    op.create_index("ix_obligation_decisions_obligation_id", "obligation_decisions", ["obligation_id"])


def _notices() -> None:
    op.create_table(
        "obligation_notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("obligation_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sent_at", _instant(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("recorded_at", _instant(), nullable=False),
        sa.Column("recorded_by", sa.String(255), nullable=False),
        sa.Column("source_key", sa.String(255), nullable=False),
        _clock("obligation_notices"),
        sa.PrimaryKeyConstraint("id", name="pk_obligation_notices"),
        sa.UniqueConstraint("source_key", name="uq_obligation_notices_source_key"),
    )
    op.create_index("ix_obligation_notices_obligation_id", "obligation_notices", ["obligation_id"])


def _exports() -> None:
    op.create_table(
        "obligation_exports",
        sa.Column("id", sa.Integer(), nullable=False),
        _incident(),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("made_at", _instant(), nullable=False),
        sa.Column("made_by", sa.String(255), nullable=False),
        _owner("obligation_exports"),
        sa.PrimaryKeyConstraint("id", name="pk_obligation_exports"),
    )
    op.create_index("uq_obligation_exports_version", "obligation_exports", ["incident_id", "version"], unique=True)


def _incident() -> sa.Column[int]:
    return sa.Column("incident_id", sa.Integer(), nullable=False)


def _instant() -> sqlmodel.sql.sqltypes.UTCDateTime:
    return sqlmodel.sql.sqltypes.UTCDateTime()


def _owner(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=f"fk_{table}_incident_id_incidents")


def _clock(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["obligation_id"], ["obligations.id"], name=f"fk_{table}_obligation_id_obligations")
