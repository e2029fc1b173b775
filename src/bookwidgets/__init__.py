"""What a reader moves, answers or steps through, made from real runs while the book is built."""
