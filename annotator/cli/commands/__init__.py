"""One module per stage of the work; importing them registers their commands."""
