"""Checking files as a linter does: what is wrong with each, and how a person or a program is told."""
