"""Code of the chapters in `docs/autograd/`."""
