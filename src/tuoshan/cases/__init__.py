"""The case, its events, the one write path, and the queries over both."""
