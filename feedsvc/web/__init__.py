"""Snapshot -> HTTP: documents from prepared headers and bytes, media, probes.

Nothing here renders a feed, asks the store within a request for what is in
memory, or knows a publisher: both sides meet in the catalogue.
"""
