"""The case page: one filing with all that a reviewer needs, and what can be done about it."""
