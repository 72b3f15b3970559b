"""Where the physics differ: one Protocol a file. Each has a contract suite in meguri.testing, which every adapter passes."""
