"""What the house sees of itself: search, stories of cases, figures."""
