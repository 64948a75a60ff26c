"""What is sold and what goes wrong with it: categories, products, orders."""
