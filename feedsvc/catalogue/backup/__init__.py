"""The whole catalogue in one file, and back."""
