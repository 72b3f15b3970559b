"""Values and rules that every floor may use. Nothing here does I/O."""
