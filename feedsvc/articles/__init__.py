"""From disk to `Article`: scan the folder, read each file, show its body."""
