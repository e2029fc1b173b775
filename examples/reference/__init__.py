"""Code of the pages in `docs/reference/`."""
