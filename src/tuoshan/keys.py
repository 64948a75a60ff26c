"""Keys that are made once and kept in `DATA_DIR/keys`, each file readable by its owner alone."""

import os
import secrets
from collections.abc import Callable, Sequence
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


def put(path: Path, known: Sequence[str]) -> None:
    """Write these keys, one a line, in the place of those in `path`: whole or not at all, mode 600."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    draft.touch(mode=0o600)
    with draft.open("w", encoding="ascii") as file:
        file.write("".join(f"{key}\n" for key in known))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def new_signing_key() -> str:
    """A key for signatures: links and sessions."""
    return secrets.token_urlsafe(48)


def new_field_key() -> str:
    """A Fernet key for personal data."""
    return Fernet.generate_key().decode("ascii")


def new_index_key() -> str:
    """An HMAC key for the blind indexes."""
    return secrets.token_hex(32)


def signing_keys(folder: Path) -> list[str]:
    """Django's signing keys, newest first: the first one signs, all are believed."""
    return keep(folder / "secret", new_signing_key).split()


def field_keys(folder: Path) -> list[str]:
    """Fernet keys for personal data, newest first; one a line, so that a new one is put on top."""
    return keep(folder / "fields", new_field_key).split()


def index_key(folder: Path) -> str:
    """HMAC key of the blind indexes by which encrypted values are found."""
    return keep(folder / "index", new_index_key)
