"""Decides ids, dates, renames and withdrawals. Pure: `catalogue` stores the decisions."""
