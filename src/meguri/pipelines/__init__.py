"""Pipelines: what they are made of, their runs, and the cache of their steps."""
