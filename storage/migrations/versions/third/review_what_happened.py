"""Review what happened: reviews with their calendar entries, what becomes of action items, files for Slack."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

CHASED = "done_at IS NULL AND dropped_at IS NULL AND owner_id IS NOT NULL AND due_at IS NOT NULL"
NEW_TABLES = ("action_item_changes", "review_files", "review_drafts", "reviews")
NEW_COLUMNS = (
    "done_by",
    "dropped_at",
    "dropped_by",
    "drop_reason",
    "step_key",
    "chase_at",
    "owner_left_at",
    "told_id",
    "told_channel_id",
    "told_ts",
)


def upgrade() -> None:
    """Move the schema one version on."""
    _items()
    _changes()
    _reviews()
    _drafts()
    _files()


def downgrade() -> None:
    """Move it back."""
    for table in NEW_TABLES:
        op.drop_table(table)
    op.drop_index("ix_action_items_chased", table_name="action_items")
    op.drop_index("ix_action_items_owner_id", table_name="action_items")
    with op.batch_alter_table("action_items") as batch:
        for name in NEW_COLUMNS:
            batch.drop_column(name)


def _items() -> None:
    for column in (
        sa.Column("done_by", sa.String(255), nullable=True),
        sa.Column("dropped_at", _instant(), nullable=True),
        sa.Column("dropped_by", sa.String(255), nullable=True),
        sa.Column("drop_reason", sa.Text(), nullable=False, server_default=""),
        sa.Column("step_key", sa.String(100), nullable=True),
        sa.Column("chase_at", _instant(), nullable=True),
        sa.Column("owner_left_at", _instant(), nullable=True),
        sa.Column("told_id", sa.String(32), nullable=True),
        sa.Column("told_channel_id", sa.String(32), nullable=True),
        sa.Column("told_ts", sa.String(32), nullable=True),
    ):
        op.add_column("action_items", column)
    where = sa.text(CHASED)
    op.create_index("ix_action_items_chased", "action_items", ["chase_at"], sqlite_where=where, postgresql_where=where)
    op.create_index("ix_action_items_owner_id", "action_items", ["owner_id"])


def _changes() -> None:
    op.create_table(
        "action_item_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(32), nullable=False),
        sa.Column("at", _instant(), nullable=False),
        sa.Column("by", sa.String(255), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("was", "now", "item")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["action_items.id"], name="fk_action_item_changes_item_id_action_items"
        ),
        _owner("action_item_changes"),
        sa.PrimaryKeyConstraint("id", name="pk_action_item_changes"),
    )
    op.create_index("ix_action_item_changes_item_id", "action_item_changes", ["item_id"])
    op.create_index("ix_action_item_changes_incident_id", "action_item_changes", ["incident_id"])


def _reviews() -> None:
    op.create_table(
        "reviews",
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(255), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("starts_at", _instant(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("attendees", sa.JSON(), nullable=False),
        sa.Column("booked_at", _instant(), nullable=True),
        sa.Column("booked_by", sa.String(255), nullable=True),
        sa.Column("post_ts", sa.String(32), nullable=True),
        sa.Column("closed_at", _instant(), nullable=True),
        sa.Column("closed_by", sa.String(255), nullable=True),
        sa.Column("waived", sa.JSON(), nullable=False),
        _owner("reviews"),
        sa.PrimaryKeyConstraint("incident_id", name="pk_reviews"),
    )


def _drafts() -> None:
    op.create_table(
        "review_drafts",
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("field", sa.String(64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("kept_at", _instant(), nullable=False),
        _owner("review_drafts"),
        sa.PrimaryKeyConstraint("incident_id", "user_id", "field", name="pk_review_drafts"),
    )


def _files() -> None:
    op.create_table(
        "review_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("title", sa.String(255), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.Column("made_at", _instant(), nullable=False),
        sa.Column("made_by", sa.String(255), nullable=False),
        sa.Column("file_id", sa.String(32), nullable=True),
        sa.Column("permalink", sa.String(1000), nullable=True),
        sa.Column("source_key", sa.String(255), nullable=True),
        _owner("review_files"),
        sa.PrimaryKeyConstraint("id", name="pk_review_files"),
        sa.UniqueConstraint("source_key", name="uq_review_files_source_key"),
    )
    op.create_index("ix_review_files_incident_id", "review_files", ["incident_id"])


def _instant() -> sqlmodel.sql.sqltypes.UTCDateTime:
    return sqlmodel.sql.sqltypes.UTCDateTime()


def _owner(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=f"fk_{table}_incident_id_incidents")
