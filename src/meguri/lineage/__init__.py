"""What came from what: the one graph."""
