"""Puts the platform together: the only place that names adapters."""
