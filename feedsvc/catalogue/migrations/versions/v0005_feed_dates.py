"""When entries came into the feeds, and the dates of the feeds themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("article", sa.Column("entered", sa.BigInteger))
    op.create_table(
        "feed",
        sa.Column("folder", sa.String, primary_key=True),
        sa.Column("updated", sa.BigInteger, nullable=False),
    )
