"""Rulings: rule books in force, what they answer, what is kept of it in a case, and how a book is changed."""
