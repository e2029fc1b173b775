"""Claims that the chapters in `docs/start/` check, a module a chapter."""
