"""Text to playbook: strict YAML, fragments taken in, every mistake a finding with file, line and mend."""

from tuoshan.core.reading.compose import read_playbook
from tuoshan.core.reading.findings import Finding, in_order

__all__ = ["Finding", "in_order", "read_playbook"]
