"""The `tuoshan` command."""
