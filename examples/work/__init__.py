"""Code of the chapters in `docs/work/`."""
