"""The version of the reader. Increase it when reading changes, so that stored counts are computed again."""

READER = 1
