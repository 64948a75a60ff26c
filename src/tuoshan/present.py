"""Whether a part of the product is installed; asked before the settings are read."""

from importlib.util import find_spec


def present(module: str) -> bool:
    """Whether a module can be imported, without importing it."""
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False
