"""Experiments, runs, their parameters, metrics, tags, artifacts and console output."""
