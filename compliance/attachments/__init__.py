"""Read the contents of attachments: bytes in, counts and findings out. No Django, no database, no clock."""
