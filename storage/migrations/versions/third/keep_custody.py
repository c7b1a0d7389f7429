"""Keep custody of evidence: structured exhibits, the hash-chained record, what is under seal."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

UNENTERED = "how IS NULL"
REFUSED = "the record of custody is never changed"
RAISE = f"BEGIN RAISE EXCEPTION '{REFUSED}'; END"
REFUSE = "EXECUTE FUNCTION custody_refuse()"
GUARDS = {
    "sqlite": tuple(
        f"CREATE TRIGGER custody_no_{verb} BEFORE {verb.upper()} ON custody "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
        for verb in ("update", "delete")
    ),
    "postgresql": (
        f"CREATE OR REPLACE FUNCTION custody_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ {RAISE} $$",
        f"CREATE TRIGGER custody_no_change BEFORE UPDATE OR DELETE ON custody FOR EACH ROW {REFUSE}",
        f"CREATE TRIGGER custody_no_truncate BEFORE TRUNCATE ON custody FOR EACH STATEMENT {REFUSE}",
    ),
}
NEW_TABLES = ("evidence_nudges", "sealed_items", "custody_stamps", "custody_heads", "custody")


def upgrade() -> None:
    """Move the schema one version on."""
    op.add_column("exhibits", sa.Column("fields", sa.JSON(), server_default="{}", nullable=False))
    op.add_column("exhibits", sa.Column("items", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("exhibits", sa.Column("how", sa.String(32), nullable=True))
    where = sa.text(UNENTERED)
    op.create_index("ix_exhibits_unentered", "exhibits", ["id"], sqlite_where=where, postgresql_where=where)
    _custody()
    _sealed()
    for statement in GUARDS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    """Move it back."""
    for table in NEW_TABLES:
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION custody_refuse()")
    op.drop_index("ix_exhibits_unentered", "exhibits")
    with op.batch_alter_table("exhibits", schema=None) as batch_op:
        for column in ("how", "items", "fields"):
            batch_op.drop_column(column)


def _custody() -> None:
    op.create_table(
        "custody",
        _incident(),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        _owner("custody"),
        sa.PrimaryKeyConstraint("incident_id", "seq", name="pk_custody"),
    )
    op.create_table(
        "custody_heads",
        _incident(),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        _owner("custody_heads"),
        sa.PrimaryKeyConstraint("incident_id", name="pk_custody_heads"),
    )
    op.create_table(
        "custody_stamps",
        sa.Column("id", sa.Integer(), nullable=False),
        _incident(),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("authority", sa.String(1000), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("stamped_at", _instant(), nullable=False),
        _owner("custody_stamps"),
        sa.PrimaryKeyConstraint("id", name="pk_custody_stamps"),
    )
    op.create_index("ix_custody_stamps_incident_id", "custody_stamps", ["incident_id"])


def _sealed() -> None:
    op.create_table(
        "sealed_items",
        sa.Column("id", sa.Integer(), nullable=False),
        _incident(),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("exhibit_id", sa.Integer(), nullable=True),
        sa.Column("channel_id", sa.String(32), nullable=True),
        sa.Column("message_ts", sa.String(32), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("original_sha256", sa.String(64), nullable=False),
        sa.Column("sealed_at", _instant(), nullable=False),
        sa.Column("sealed_by", sa.String(255), nullable=False),
        sa.Column("source_key", sa.String(255), nullable=True),
        _owner("sealed_items"),
        sa.PrimaryKeyConstraint("id", name="pk_sealed_items"),
        sa.UniqueConstraint("source_key", name="uq_sealed_items_source_key"),
    )
    op.create_index("ix_sealed_items_incident_id", "sealed_items", ["incident_id"])
    op.create_table(
        "evidence_nudges",
        _incident(),
        sa.Column("missing", sa.String(255), nullable=False),
        sa.Column("nudged_at", _instant(), nullable=False),
        _owner("evidence_nudges"),
        sa.PrimaryKeyConstraint("incident_id", name="pk_evidence_nudges"),
    )


def _incident() -> sa.Column[int]:
    return sa.Column("incident_id", sa.Integer(), nullable=False)


def _instant() -> sqlmodel.sql.sqltypes.UTCDateTime:
    return sqlmodel.sql.sqltypes.UTCDateTime()


def _owner(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=f"fk_{table}_incident_id_incidents")
