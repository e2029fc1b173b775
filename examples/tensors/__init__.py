"""Code of the chapters in `docs/tensors/`."""
