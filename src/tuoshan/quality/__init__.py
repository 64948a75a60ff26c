"""Learning: causes, who is liable, lessons and their effect."""
