"""An authority's own Word templates: for letters, the bulletin and the scorecard, checked when they are uploaded."""
