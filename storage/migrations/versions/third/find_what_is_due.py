"""Find what is due, however much there is."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

OPEN = "phase <> 'closed'"
BARE = "phase <> 'closed' AND channel_state <> 'refused' AND card_ts IS NULL"
UNSAID = "done_at IS NULL AND dropped_at IS NULL AND (nudged_for IS NULL OR nudged_for <> due_at)"
UNREADABLE = "stood_down_for = 'unreadable'"
OVER = "UPDATE captures SET due_at = NULL WHERE incident_id IN (SELECT id FROM incidents WHERE phase = 'closed')"


def upgrade() -> None:
    """Move the schema one version on."""
    long_ago = sa.text("'1970-01-01 00:00:00'")  # what does not say when is looked at at once
    op.add_column(
        "captures",
        sa.Column("due_at", sqlmodel.sql.sqltypes.UTCDateTime(), server_default=long_ago, nullable=True),
    )
    op.execute(OVER)  # whatever is still wanted of these is wanted anew by every start
    op.create_index("ix_captures_due_at", "captures", ["due_at"])
    _index("ix_incidents_open", "incidents", "id", OPEN)
    _index("ix_incidents_bare", "incidents", "declared_at", BARE)
    _index("ix_tasks_unsaid", "tasks", "due_at", UNSAID)
    _index("ix_escalation_steps_unreadable", "escalation_steps", "incident_id", UNREADABLE)
    op.drop_index("ix_tasks_due", "tasks")
    op.create_index("ix_drafts_kept_at", "drafts", ["kept_at"])


def downgrade() -> None:
    """Move it back."""
    op.drop_index("ix_drafts_kept_at", "drafts")
    op.create_index("ix_tasks_due", "tasks", ["due_at"])
    op.drop_index("ix_tasks_unsaid", "tasks")
    op.drop_index("ix_escalation_steps_unreadable", "escalation_steps")
    op.drop_index("ix_incidents_bare", "incidents")
    op.drop_index("ix_incidents_open", "incidents")
    op.drop_index("ix_captures_due_at", "captures")
    with op.batch_alter_table("captures", schema=None) as batch_op:
        batch_op.drop_column("due_at")


def _index(name: str, table: str, column: str, where: str) -> None:
    op.create_index(name, table, [column], sqlite_where=sa.text(where), postgresql_where=sa.text(where))
