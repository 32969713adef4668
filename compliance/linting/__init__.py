"""Check files like a linter and report the results as text, JSON or SARIF."""
