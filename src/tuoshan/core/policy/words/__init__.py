"""A ruling and a rule book in sentences, Chinese and English."""
