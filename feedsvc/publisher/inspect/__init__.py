"""Answers about articles that publish nothing: check, list, explain."""
