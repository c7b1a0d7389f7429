"""Take alerts: what machines said, what it led to, the bodies by hash, and counts for thresholds."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

LOOKED_AT = "due_at IS NOT NULL"
NEW_TABLES = ("alert_tallies", "alert_bodies", "alert_signals", "alert_groups")


def upgrade() -> None:
    """Move the schema one version on."""
    _groups()
    _signals()
    _bodies()
    _tallies()


def downgrade() -> None:
    """Move it back."""
    for table in NEW_TABLES:
        op.drop_table(table)


def _groups() -> None:
    op.create_table(
        "alert_groups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", _text(64), nullable=False),
        sa.Column("source", _text(64), nullable=False),
        sa.Column("title", _text(255), nullable=False),
        sa.Column("system", _text(255), nullable=True),
        sa.Column("alert", sa.JSON(), nullable=False),
        sa.Column("body_sha256", _text(64), nullable=False),
        sa.Column("first_at", _instant(), nullable=False),
        sa.Column("last_at", _instant(), nullable=False),
        sa.Column("alerts", sa.Integer(), nullable=False),
        sa.Column("is_flood", sa.Boolean(), nullable=False),
        sa.Column("resolved_at", _instant(), nullable=True),
        sa.Column("report_id", sa.Integer(), nullable=True),
        sa.Column("incident_id", sa.Integer(), nullable=True),
        sa.Column("due_at", _instant(), nullable=True),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name="fk_alert_groups_incident_id_incidents"),
        sa.PrimaryKeyConstraint("id", name="pk_alert_groups"),
        sa.UniqueConstraint("key", name="uq_alert_groups_key"),
    )
    where = sa.text(LOOKED_AT)
    op.create_index("ix_alert_groups_due", "alert_groups", ["due_at"], sqlite_where=where, postgresql_where=where)
    op.create_index("ix_alert_groups_incident_id", "alert_groups", ["incident_id"])
    op.create_index("ix_alert_groups_report_id", "alert_groups", ["report_id"])


def _signals() -> None:
    op.create_table(
        "alert_signals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", _text(64), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("started_at", _instant(), nullable=True),
        sa.Column("received_at", _instant(), nullable=False),
        sa.Column("body_sha256", _text(64), nullable=False),
        sa.Column("act", sa.String(32), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=True),
        sa.Column("incident_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["alert_groups.id"], name="fk_alert_signals_group_id_alert_groups"),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name="fk_alert_signals_incident_id_incidents"),
        sa.PrimaryKeyConstraint("id", name="pk_alert_signals"),
        sa.UniqueConstraint("key", name="uq_alert_signals_key"),
    )
    op.create_index("ix_alert_signals_group_id", "alert_signals", ["group_id"])


def _bodies() -> None:
    op.create_table(
        "alert_bodies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", _text(64), nullable=False),
        sa.Column("sha256", _text(64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("received_at", _instant(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alert_bodies"),
    )
    op.create_index("uq_alert_bodies_source_sha256", "alert_bodies", ["source", "sha256"], unique=True)


def _tallies() -> None:
    op.create_table(
        "alert_tallies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule", _text(64), nullable=False),
        sa.Column("scope", _text(300), nullable=False),
        sa.Column("at", _instant(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alert_tallies"),
    )
    op.create_index("ix_alert_tallies_rule_scope_at", "alert_tallies", ["rule", "scope", "at"])
    op.create_index("ix_alert_tallies_at", "alert_tallies", ["at"])


def _text(length: int) -> sqlmodel.sql.sqltypes.AutoString:
    return sqlmodel.sql.sqltypes.AutoString(length=length)


def _instant() -> sqlmodel.sql.sqltypes.UTCDateTime:
    return sqlmodel.sql.sqltypes.UTCDateTime()
