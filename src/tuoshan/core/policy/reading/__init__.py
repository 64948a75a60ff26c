"""From the text of a rule book to the pack that it is."""
