"""Cases out of a spreadsheet: columns mapped, dry run, progress, a report of bad rows, twice without doubling."""
