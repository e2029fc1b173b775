"""Claims that the chapters in `docs/models/` check, a module a chapter."""
