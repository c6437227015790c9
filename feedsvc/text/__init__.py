"""Text of any origin: characters, slugs, addresses, languages, ids. Pure."""
