"""Hostile inputs: each is refused with nothing stored, or shown as harmless text."""
