"""Look again: at evidence each night, at switches that should not stay, at causes; and remember what was told once."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op


def upgrade() -> None:
    """Move the schema one version on."""
    op.create_table(
        "custody_checks",
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("checked_at", _instant(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name="fk_custody_checks_incident_id_incidents"),
        sa.PrimaryKeyConstraint("incident_id", name="pk_custody_checks"),
    )
    op.create_table(
        "tellings",
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("told_at", _instant(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_tellings"),
    )
    op.create_index("ix_tellings_told_at", "tellings", ["told_at"])
    op.add_column("containment_runs", sa.Column("review_at", _instant(), nullable=True))
    op.add_column("incidents", sa.Column("cause_class", sa.String(32), nullable=True))


def downgrade() -> None:
    """Move it back."""
    op.drop_column("incidents", "cause_class")
    op.drop_column("containment_runs", "review_at")
    op.drop_table("tellings")
    op.drop_table("custody_checks")


def _instant() -> sqlmodel.sql.sqltypes.UTCDateTime:
    return sqlmodel.sql.sqltypes.UTCDateTime()
