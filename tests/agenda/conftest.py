"""The worker's tests use the same small process as those of cases."""

from tests.cases.conftest import begun, repair

__all__ = ["begun", "repair"]
