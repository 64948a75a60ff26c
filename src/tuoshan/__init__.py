"""Tuoshan: after-sales service and complaints, handled properly."""

__version__ = "0.1.0"
