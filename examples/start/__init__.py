"""Code of the chapters in `docs/start/`."""
