"""The house of the integrations' tests."""

from tests.integrations.conftest import house, work

__all__ = ["house", "work"]
