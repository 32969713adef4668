"""Accounts: signing in, the second factor, sessions, devices, lock-out, and roles from an identity provider."""
