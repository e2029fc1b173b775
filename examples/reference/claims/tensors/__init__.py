"""Claims that the chapters in `docs/tensors/` check, a module a chapter."""
