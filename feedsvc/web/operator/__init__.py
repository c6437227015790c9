"""The operator's addresses: status, refresh, probes."""
