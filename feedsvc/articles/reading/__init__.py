"""From the bytes of one file to one `Article`."""
