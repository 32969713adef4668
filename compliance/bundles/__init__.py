"""A case as one file for an archive or a court: everything that is kept of it, with a script that verifies it without this product."""
