"""Parts of the exercises page."""
