"""Promotions, and the validation gates that decide them."""
