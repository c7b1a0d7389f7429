"""Take reports: what may be an incident and waits for somebody's judgement."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

WAITS = "due_at IS NOT NULL"
IS_OPEN = "state IN ('waiting', 'disputed')"


def upgrade() -> None:
    """Move the schema one version on."""
    op.create_table(
        "reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_key", sa.String(255), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("title", sa.String(255), nullable=False),
        sa.Column("what_happened", sa.Text(), nullable=False),
        sa.Column("type", sa.String(32), nullable=False),
        sa.Column("severity", sa.String(32), nullable=True),
        sa.Column("system", sa.String(255), nullable=True),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("is_private", "is_drill")),
        sa.Column("model_version", sa.String(255), nullable=False),
        sa.Column("trace_url", sa.String(1000), nullable=False),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("links", "details", "source")),
        sa.Column("origin_channel_id", sa.String(32), nullable=True),
        sa.Column("reported_by", sa.String(255), nullable=False),
        sa.Column("reported_at", _instant(), nullable=False),
        sa.Column("signals", sa.Integer(), nullable=False),
        sa.Column("last_signal_at", _instant(), nullable=False),
        sa.Column("quiet_since", _instant(), nullable=True),
        *_judged(),
        sa.Column("waits_since", _instant(), nullable=False),
        sa.Column("raised", sa.Integer(), nullable=False),
        sa.Column("due_at", _instant(), nullable=True),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name="fk_reports_incident_id_incidents"),
        sa.ForeignKeyConstraint(["same_as_id"], ["reports.id"], name="fk_reports_same_as_id_reports"),
        sa.PrimaryKeyConstraint("id", name="pk_reports"),
        sa.UniqueConstraint("source_key", name="uq_reports_source_key"),
    )
    op.create_index("ix_reports_incident_id", "reports", ["incident_id"])
    op.create_index("ix_reports_same_as_id", "reports", ["same_as_id"])
    for name, column, where in (("open", "id", sa.text(IS_OPEN)), ("due", "due_at", sa.text(WAITS))):
        op.create_index(f"ix_reports_{name}", "reports", [column], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """Move it back."""
    op.drop_table("reports")


def _judged() -> list[sa.Column[object]]:
    lists: list[sa.Column[object]] = [
        sa.Column(name, sa.JSON(), nullable=False) for name in ("dismissals", "disputes", "places")
    ]
    return [
        sa.Column("looked_by", sa.String(255), nullable=True),
        sa.Column("looked_at", _instant(), nullable=True),
        sa.Column("settled_by", sa.String(255), nullable=True),
        sa.Column("settled_at", _instant(), nullable=True),
        sa.Column("incident_id", sa.Integer(), nullable=True),
        sa.Column("same_as_id", sa.Integer(), nullable=True),
        *lists,
    ]


def _instant() -> sqlmodel.sql.sqltypes.UTCDateTime:
    return sqlmodel.sql.sqltypes.UTCDateTime()
