"""Who reads, and how long refreshes took."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("publication", sa.Column("seconds", sa.Float))
    op.create_table(
        "poll",
        sa.Column("span", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("path", sa.String, primary_key=True),
        sa.Column("client", sa.String, primary_key=True),
        sa.Column("status", sa.Integer, primary_key=True, autoincrement=False),
        *_counts("polls", "sent", "saved", "conditional", "invented"),
    )
    op.create_table(
        "total",
        sa.Column("client", sa.String, primary_key=True),
        sa.Column("status", sa.Integer, primary_key=True, autoincrement=False),
        *_counts("polls", "sent", "saved"),
    )
    op.create_table(
        "wait",
        sa.Column("bound", sa.BigInteger, primary_key=True, autoincrement=False),
        *_counts("polls"),
        sa.Column("seconds", sa.Float, nullable=False),
    )
    op.create_table(
        "visitor",
        sa.Column("feed", sa.String, primary_key=True),
        sa.Column("client", sa.String, primary_key=True),
        sa.Column("mark", sa.BigInteger, primary_key=True, autoincrement=False),
        *_counts("polls", "first", "last", "subscribers"),
    )
    op.create_table(
        "audience",
        sa.Column("day", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("feed", sa.String, primary_key=True),
        sa.Column("client", sa.String, primary_key=True),
        *_counts("readers", "subscribers", "intervals", "seconds"),
    )


def _counts(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger, nullable=False) for name in names]
