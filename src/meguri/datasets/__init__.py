"""Named immutable snapshots with schema and statistics, and the validation of what comes in."""
