"""The desk in a real browser: accessibility, the security policy, widths, and screenshots. Run by `make browser`."""
