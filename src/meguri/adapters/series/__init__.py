"""Where metric points are kept."""
