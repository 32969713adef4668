"""The log of the registry itself: who changed users, roles, tokens and reference data, in a chain of hashes, and who saw what."""
