"""Values and rules that every layer may use. Nothing here does I/O."""
