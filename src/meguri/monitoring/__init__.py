"""Monitors: realised quality by event time with late labels, drift by profile windows, alerts with evidence."""
