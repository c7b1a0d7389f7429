"""Find what is due; playbooks, evidence, containment, reports, alerts, clocks, texts and reviews.

One version, as one release: replicas of the version before work on it.
"""

from storage.migrations.versions.third import (
    find_what_is_due,
    follow_the_playbook,
    keep_clocks,
    keep_custody,
    look_again,
    review_what_happened,
    run_containment,
    take_alerts,
    take_reports,
    write_texts,
)

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

PARTS = (find_what_is_due, keep_custody, run_containment, follow_the_playbook, keep_clocks, take_reports, look_again, write_texts, take_alerts, review_what_happened)


def upgrade() -> None:
    """Move the schema one version on."""
    for part in PARTS:
        part.upgrade()


def downgrade() -> None:
    """Move it back."""
    for part in reversed(PARTS):
        part.downgrade()
