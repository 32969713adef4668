"""The public register: search, entries, figures of the field, open data, feeds, badges. Only what is public is ever shown."""
