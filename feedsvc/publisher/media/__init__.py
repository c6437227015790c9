"""Pictures and recordings: local files and those of other hosts."""
