"""One file an engine behind a port."""
