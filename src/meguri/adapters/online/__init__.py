"""Engines of the online port."""
