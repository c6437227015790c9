"""One run over the road: look, gather, render, publish."""
