"""Keys that are made once and kept in `DATA_DIR/keys`, each file readable by its owner alone."""

import os
import secrets
from collections.abc import Callable, Mapping, Sequence
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


READ_BY_COMMAND = False
"""Set by a command that only reads, before the settings are: it makes no keys."""

FILES = {"TUOSHAN_SECRET_KEY": "secret", "TUOSHAN_FIELD_KEYS": "fields", "TUOSHAN_INDEX_KEY": "index"}
"""The variable of each key, and the file in which it is kept where no variable is set."""
_MAKE = {"secret": new_signing_key, "fields": new_field_key, "index": new_index_key}


def only_read() -> None:
    """Say, before the settings are read, that this process makes no keys."""
    global READ_BY_COMMAND
    READ_BY_COMMAND = True


def in_use(given: Mapping[str, Sequence[str]], folder: Path, holds_data: Callable[[], bool]) -> dict[str, list[str]]:
    """The keys of every variable, newest first: those that are `given`, else those of its file.

    Keys that are in neither place are made and kept, unless that would part this node from the others or from its
    own data: any variable is set, the database `holds_data`, or the process only reads. They are empty then.
    """
    found = {variable: list(given[variable]) or read(folder / file) for variable, file in FILES.items()}
    missing = [variable for variable, known in found.items() if not known]
    if not missing or READ_BY_COMMAND or any(given.values()) or holds_data():
        return found
    for variable in missing:
        found[variable] = keep(folder / FILES[variable], _MAKE[FILES[variable]]).split()
    return found


def read(path: Path) -> list[str]:
    """The keys in a file, newest first, one a line; none where there is no file. Of the index key there is one."""
    if not path.is_file():
        return []
    text = path.read_text(encoding="ascii").strip()
    return [text] if path.name == "index" else text.split()
