"""Counts of requests and readers."""
