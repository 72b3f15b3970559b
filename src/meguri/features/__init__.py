"""Entities, sources and feature views: the point-in-time join, and the same values online."""
