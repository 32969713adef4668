"""The number of the reader: raised when reading changes, so that what was counted before is counted again."""

READER = 1
