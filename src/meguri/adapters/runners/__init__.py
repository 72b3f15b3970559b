"""Engines that hold a model and answer rows."""
