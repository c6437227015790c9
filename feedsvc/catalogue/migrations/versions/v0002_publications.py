"""What was published when, so that an operator can see it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "publication",
        sa.Column("generation", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("articles", sa.Integer, nullable=False),
        sa.Column("feeds", sa.Integer, nullable=False),
    )
