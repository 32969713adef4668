"""The rules: pure functions from a dossier and its context to problems. No Django, no database, no clock."""
