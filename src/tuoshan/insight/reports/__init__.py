"""Reports: numbers of a period within a person's reach, each of which leads to the very cases it counts."""
