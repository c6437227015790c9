"""HTML of any author, made safe and plain for feed readers."""
