"""How facts become what a rule book says: its parts made ready, values, tables, questions, precedence."""
