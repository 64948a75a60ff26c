"""The fourteen checks that a playbook passes before it loads (docs/playbooks.md)."""

from tuoshan.core.checker.run import check

__all__ = ["check"]
