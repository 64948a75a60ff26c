"""Changes of a rule book, made in its text."""
