"""Test support that ships with meguri: one contract suite a port, to be run against each adapter."""
