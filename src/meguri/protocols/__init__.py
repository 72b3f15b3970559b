"""Foreign words, translated to our services."""
