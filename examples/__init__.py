"""Code worth reusing, mirroring the chapters in `docs/`."""
