"""What a process needs to run and to end: clocks, signals, progress, limits."""
