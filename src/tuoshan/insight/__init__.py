"""Finding and counting: the search index over cases, and the figures that reports are made of."""
