"""Code of the chapters in `docs/models/`."""
