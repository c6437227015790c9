"""The road from folder to snapshot, once and again."""
