"""All of the articles layer that touches a disk."""
