"""What attachments really hold: bytes in, counts and findings out. No Django, no database, no clock."""
