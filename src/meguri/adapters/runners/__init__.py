"""Engines that load a model and predict rows."""
