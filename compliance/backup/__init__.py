"""Backup and restore: database and documents in one file, verified by its hashes and by the chains of the history."""
