"""The built site, read the way a reader does: in a browser."""
