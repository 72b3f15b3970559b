"""What `meguri demo` replays, and the server that it replays it through."""
