"""What survives a restart and what machines share: the ledger, and the published snapshot."""

from feedsvc.catalogue.store import Store, open_reader, open_store

__all__ = ["Store", "open_reader", "open_store"]
