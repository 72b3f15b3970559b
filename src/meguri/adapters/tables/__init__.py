"""Engines of the table port."""
