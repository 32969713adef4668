"""Typesetting: documents on paper as PDF/A-2b, from templates and data, in a child process with limits."""
