"""What happened: an append-only log, written in the transaction of the change itself."""
