"""Follow the playbook: its versions, each incident's steps, suggestions and findings."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

UNSAID = (
    "done_at IS NULL AND dropped_at IS NULL AND withdrawn_at IS NULL AND (nudged_for IS NULL OR nudged_for <> due_at)"
)
NEW_TABLES = ("findings", "playbook_suggestions", "playbook_steps", "playbook_plans", "playbook_versions")


def upgrade() -> None:
    """Move the schema one version on."""
    _versions()
    _steps()
    _suggestions()
    _findings()


def downgrade() -> None:
    """Move it back."""
    for table in NEW_TABLES:
        op.drop_table(table)


def _versions() -> None:
    op.create_table(
        "playbook_versions",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("kept_at", _instant(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_playbook_versions"),
    )
    op.create_table(
        "playbook_plans",
        _incident(),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("planned_at", _instant(), nullable=False),
        sa.Column("post_ts", sa.String(32), nullable=True),
        _owner("playbook_plans"),
        sa.ForeignKeyConstraint(
            ["version"], ["playbook_versions.sha256"], name="fk_playbook_plans_version_playbook_versions"
        ),
        sa.PrimaryKeyConstraint("incident_id", name="pk_playbook_plans"),
    )


def _steps() -> None:
    lists = [sa.Column(name, sa.JSON(), nullable=False) for name in ("evidence", "actions", "tell", "after")]
    op.create_table(
        "playbook_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        _incident(),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(100), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(32), nullable=False) for name in ("activity", "phase", "role")),
        sa.Column("tier", sa.String(8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        *lists,
        sa.Column("gate", sa.String(32), nullable=True),
        sa.Column("due_at", _instant(), nullable=False),
        sa.Column("owner_id", sa.String(32), nullable=True),
        sa.Column("done_at", _instant(), nullable=True),
        sa.Column("done_by", sa.String(255), nullable=True),
        sa.Column("dropped_at", _instant(), nullable=True),
        sa.Column("dropped_by", sa.String(255), nullable=True),
        sa.Column("drop_reason", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", _instant(), nullable=True),
        sa.Column("nudged_for", _instant(), nullable=True),
        _owner("playbook_steps"),
        sa.PrimaryKeyConstraint("id", name="pk_playbook_steps"),
    )
    op.create_index("uq_playbook_steps_key", "playbook_steps", ["incident_id", "key"], unique=True)
    op.create_index("uq_playbook_steps_number", "playbook_steps", ["incident_id", "number"], unique=True)
    where = sa.text(UNSAID)
    op.create_index("ix_playbook_steps_unsaid", "playbook_steps", ["due_at"], sqlite_where=where, postgresql_where=where)


def _suggestions() -> None:
    op.create_table(
        "playbook_suggestions",
        sa.Column("id", sa.Integer(), nullable=False),
        _incident(),
        sa.Column("step_key", sa.String(100), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("change", sa.JSON(), nullable=False),
        sa.Column("suggested_at", _instant(), nullable=False),
        sa.Column("suggested_by", sa.String(255), nullable=False),
        sa.Column("source_key", sa.String(255), nullable=False),
        _owner("playbook_suggestions"),
        sa.PrimaryKeyConstraint("id", name="pk_playbook_suggestions"),
        sa.UniqueConstraint("source_key", name="uq_playbook_suggestions_source_key"),
    )
    op.create_index("ix_playbook_suggestions_incident_id", "playbook_suggestions", ["incident_id"])


def _findings() -> None:
    op.create_table(
        "findings",
        sa.Column("id", sa.Integer(), nullable=False),
        _incident(),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("found_at", _instant(), nullable=False),
        sa.Column("found_by", sa.String(255), nullable=False),
        sa.Column("source_key", sa.String(255), nullable=False),
        _owner("findings"),
        sa.PrimaryKeyConstraint("id", name="pk_findings"),
        sa.UniqueConstraint("source_key", name="uq_findings_source_key"),
    )
    op.create_index("uq_findings_number", "findings", ["incident_id", "number"], unique=True)


def _incident() -> sa.Column[int]:
    return sa.Column("incident_id", sa.Integer(), nullable=False)


def _instant() -> sqlmodel.sql.sqltypes.UTCDateTime:
    return sqlmodel.sql.sqltypes.UTCDateTime()


def _owner(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=f"fk_{table}_incident_id_incidents")
