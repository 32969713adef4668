"""The register as open data: records in three forms, and a dated archive with hashes."""
