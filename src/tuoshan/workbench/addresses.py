"""Addresses that a page holds by the dozen, worked out once."""

from functools import lru_cache

from django.urls import get_script_prefix, reverse


def address(name: str, *arguments: str) -> str:
    """As `reverse` says it. Raises NoReverseMatch."""
    return _address(get_script_prefix(), name, *arguments)


@lru_cache(maxsize=4096)
def _address(_prefix: str, name: str, *arguments: str) -> str:
    return reverse(name, args=arguments)
