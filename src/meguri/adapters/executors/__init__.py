"""Machines that run steps."""
