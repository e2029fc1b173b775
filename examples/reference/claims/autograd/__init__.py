"""Claims that the chapters in `docs/autograd/` check, a module a chapter."""
