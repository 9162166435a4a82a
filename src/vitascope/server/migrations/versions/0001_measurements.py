"""Measurements."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_table(
        "measurements",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("name", sa.String(200)),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(1000)),
        sa.Column("report", sa.JSON()),
        sa.Column("waveforms", sa.JSON()),
    )
    op.create_index("ix_measurements_owner_created", "measurements", ["owner", "created"])


def downgrade() -> None:
    """Take the tables back to the revision before."""
    op.drop_index("ix_measurements_owner_created", "measurements")
    op.drop_table("measurements")
