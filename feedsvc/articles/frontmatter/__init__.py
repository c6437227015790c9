"""The head of an article: its forms, its keys, its dates."""
