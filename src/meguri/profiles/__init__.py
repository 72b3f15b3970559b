"""Mergeable counts over frozen reference cells, and the distances between two of them. numpy only: the data plane uses it."""
