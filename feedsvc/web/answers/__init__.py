"""Answers to readers: documents, deltas, query feeds, media."""
