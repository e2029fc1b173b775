"""The book's furniture: what its pages share, made from real runs."""
