"""Write texts: every version, every approval, by when they are wanted; and who wants the brief every day."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

WAITING = "look_at IS NOT NULL"
WANTS = "severity || ' ' || type || CASE WHEN resolved_at IS NULL THEN '' ELSE ' resolved' END"
UNPLANNED = f"(texts_for IS NULL AND phase <> 'closed') OR texts_for <> ({WANTS})"
NEW_TABLES = ("brief_hours", "text_clocks", "text_approvals", "text_versions", "texts")


def upgrade() -> None:
    """Move the schema one version on."""
    _texts()
    _versions()
    _clocks()
    op.create_table(
        "brief_hours",
        sa.Column("user_id", _text(32), nullable=False),
        sa.Column("minute", sa.Integer(), nullable=False),
        sa.Column("next_at", _instant(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_brief_hours"),
    )
    op.create_index("ix_brief_hours_next_at", "brief_hours", ["next_at"])


def downgrade() -> None:
    """Move it back."""
    op.drop_index("ix_incidents_unplanned", "incidents")
    op.drop_column("incidents", "texts_for")
    for table in NEW_TABLES:
        op.drop_table(table)


def _texts() -> None:
    op.create_table(
        "texts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("template", _text(40), nullable=False),
        sa.Column("title", _text(255), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("started_by", _text(255), nullable=False),
        sa.Column("started_at", _instant(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("place", _text(40), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("sent_at", _instant(), nullable=True),
        sa.Column("settled_by", _text(255), nullable=True),
        sa.Column("settled_at", _instant(), nullable=True),
        sa.Column("post_ts", _text(32), nullable=True),
        sa.Column("channel_id", _text(32), nullable=True),
        sa.Column("channel_ts", _text(32), nullable=True),
        sa.Column("source_key", _text(255), nullable=False),
        _owner("texts", "incident_id", "incidents"),
        sa.PrimaryKeyConstraint("id", name="pk_texts"),
        sa.UniqueConstraint("source_key", name="uq_texts_source_key"),
    )
    op.create_index("uq_texts_number", "texts", ["incident_id", "number"], unique=True)


def _versions() -> None:
    op.create_table(
        "text_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sha256", _text(64), nullable=False),
        sa.Column("uses", sa.JSON(), nullable=False),
        sa.Column("written_by", _text(255), nullable=False),
        sa.Column("written_at", _instant(), nullable=False),
        sa.Column("source_key", _text(255), nullable=False),
        _owner("text_versions", "text_id", "texts"),
        sa.PrimaryKeyConstraint("id", name="pk_text_versions"),
        sa.UniqueConstraint("source_key", name="uq_text_versions_source_key"),
    )
    op.create_index("uq_text_versions_number", "text_versions", ["text_id", "number"], unique=True)
    op.create_table(
        "text_approvals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("sha256", _text(64), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("given_by", _text(32), nullable=False),
        sa.Column("email", _text(320), nullable=False),
        sa.Column("given_at", _instant(), nullable=False),
        _owner("text_approvals", "text_id", "texts"),
        _owner("text_approvals", "version_id", "text_versions"),
        sa.PrimaryKeyConstraint("id", name="pk_text_approvals"),
    )
    op.create_index("ix_text_approvals_text_id", "text_approvals", ["text_id"])
    op.create_index("uq_text_approvals_role", "text_approvals", ["version_id", "role"], unique=True)


def _clocks() -> None:
    op.create_table(
        "text_clocks",
        sa.Column("incident_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("template", _text(40), nullable=False),
        sa.Column("since", sa.String(32), nullable=False),
        sa.Column("ready_at", _instant(), nullable=True),
        sa.Column("due_at", _instant(), nullable=False),
        sa.Column("look_at", _instant(), nullable=True),
        sa.Column("settled_at", _instant(), nullable=True),
        _owner("text_clocks", "incident_id", "incidents"),
        sa.PrimaryKeyConstraint("incident_id", "template", name="pk_text_clocks"),
    )
    where = sa.text(WAITING)
    op.create_index("ix_text_clocks_waiting", "text_clocks", ["look_at"], sqlite_where=where, postgresql_where=where)
    op.add_column("incidents", sa.Column("texts_for", _text(100), nullable=True))
    where = sa.text(UNPLANNED)
    op.create_index("ix_incidents_unplanned", "incidents", ["id"], sqlite_where=where, postgresql_where=where)


def _owner(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}")


def _text(length: int) -> sqlmodel.sql.sqltypes.AutoString:
    return sqlmodel.sql.sqltypes.AutoString(length=length)


def _instant() -> sqlmodel.sql.sqltypes.UTCDateTime:
    return sqlmodel.sql.sqltypes.UTCDateTime()
