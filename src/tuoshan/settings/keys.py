"""Keys that are made once and kept in `DATA_DIR/keys`, each file readable by its owner alone."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from cryptography.fernet import Fernet


def keep(path: Path, make: Callable[[], str]) -> str:
    """The key in `path`; when there is none, make it, with mode 600, so that two processes agree on one."""
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(make() + "\n", encoding="ascii")
    try:
        os.link(draft, path)  # fails when another process was first: then its key holds
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text(encoding="ascii").strip()


def secret_key(folder: Path) -> str:
    """Django's signing key."""
    return keep(folder / "secret", lambda: secrets.token_urlsafe(48))


def field_keys(folder: Path) -> list[str]:
    """Fernet keys for personal data, newest first; one a line, so that a new one is put on top."""
    return keep(folder / "fields", lambda: Fernet.generate_key().decode("ascii")).split()


def index_key(folder: Path) -> str:
    """HMAC key of the blind indexes by which encrypted values are found."""
    return keep(folder / "index", lambda: secrets.token_hex(32))
