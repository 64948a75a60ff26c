"""What may be wrong with a rule book, found before it is in force."""
