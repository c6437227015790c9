"""From articles to documents: pure, without clock, disk or network."""
