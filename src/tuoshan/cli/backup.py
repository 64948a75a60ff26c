"""`tuoshan backup` and `tuoshan restore`: everything of a company in one file, and back."""

import hashlib
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from tuoshan.cli.archive import ArchiveBroken, below, unpack, writing
from tuoshan.cli.ready import ready
from tuoshan.keys import only_read

FOLDERS = ("evidence", "playbooks")


@contextmanager
def shown_progress() -> Iterator[Any]:
    """A bar for every step, where somebody watches."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        tasks: dict[str, Any] = {}

        def show(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total or None)
            bar.update(tasks[what], completed=done, total=total or None)

        yield show


def key_prints() -> dict[str, str]:
    """A short hash of each key, by which a restore tells whether it has the right ones; not the keys.

    Of several field keys there is one hash each, with a space between.
    """
    from django.conf import settings

    missing = "TUOSHAN_SECRET_KEY" in settings.MISSING_KEYS  # Django gives no empty one out
    known = {
        "secret": [""] if missing else [settings.SECRET_KEY], "fields": settings.FIELD_KEYS,
        "index": [settings.INDEX_KEY],
    }  # fmt: skip
    return {name: " ".join(key_print(name, value) for value in values) for name, values in known.items()}


def key_print(name: str, key: str) -> str:
    """A hash by which a key of this kind is known again and from which it cannot be found."""
    return hashlib.sha256(f"tuoshan/{name}/{key}".encode()).hexdigest()[:16]


def _keys_fit(wanted: dict[str, str]) -> bool:
    """Whether the keys here can read and search what was saved: every old field key, and the same index key."""
    here = key_prints()
    return wanted["index"] == here["index"] and set(wanted["fields"].split()) <= set(here["fields"].split())


def backup(
    file: Annotated[Path, typer.Argument(help="Where to write it, such as tuoshan.tar.gz.", dir_okay=False)],
    keys: Annotated[
        bool, typer.Option("--keys", help="Put the keys in as well: whoever has the file can read everything.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if there is one.")] = False,
) -> None:
    """Save database, evidence and own playbooks into one file, while everything goes on running."""
    ready(only_reads=True)
    from django.conf import settings

    from tuoshan import __version__, clock
    from tuoshan.cli import dumping

    if file.exists() and not force:
        raise typer.BadParameter(f"{file} exists already; choose another name or add --force")
    file.parent.mkdir(parents=True, exist_ok=True)
    data = Path(settings.DATA_DIR)
    gone = 0
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".tuoshan-backup-") as folder, shown_progress() as show:
        began = clock.now()
        counts = dumping.dump(Path(folder), show)
        with writing(file) as archive:
            dumped = sorted(Path(folder).iterdir())
            for path in dumped:
                archive.add(path, f"database/{path.name}")
            for place in FOLDERS:
                files = list(below(data / place, skip=("incoming",)))
                for number, path in enumerate(files):
                    gone += not archive.add(path, f"{place}/{path.relative_to(data / place).as_posix()}")
                    if number % 50 == 0 or number + 1 == len(files):
                        show(place, number + 1, len(files))
            if keys:
                for path in below(data / "keys"):
                    archive.add(path, f"keys/{path.name}")
            archive.close({
                "product": "tuoshan", "version": __version__, "at": began.isoformat(), "database": dumping.vendor(),
                "migrations": dumping.applied_migrations(), "counts": counts, "keys": key_prints(), "has_keys": keys,
            })  # fmt: skip
    rows, cases = sum(counts.values()), counts.get(dumping.CASES, 0)
    typer.echo(f"{file}: {rows} rows, {cases} cases, {file.stat().st_size} bytes")
    if gone:
        typer.echo(f"{gone} files were removed while the backup ran and are not in it", err=True)
    if keys:
        typer.echo("The keys are inside: whoever holds this file can read all personal data.", err=True)
    else:
        typer.echo(
            f"The keys are not inside. Without {data / 'keys'} (or the TUOSHAN_*_KEY settings) personal data in this "
            "backup can never be read again: keep a copy of them elsewhere.", err=True,
        )  # fmt: skip


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `tuoshan backup` wrote.", exists=True, dir_okay=False)],
    force: Annotated[bool, typer.Option("--force", help="Replace what is here; old files are moved aside.")] = False,
) -> None:
    """Put a backup in place. Stop web and worker first. Afterwards run `tuoshan verify`."""
    only_read()
    import django

    django.setup()
    from django.conf import settings

    from tuoshan import clock
    from tuoshan.cli import dumping

    data = Path(settings.DATA_DIR)
    if not force:
        _refuse_if_used(data)
    with tempfile.TemporaryDirectory(dir=data, prefix=".restoring-") as place, shown_progress() as show:
        folder = Path(place)
        try:
            manifest = unpack(file, folder)
            _refuse_if_strange(manifest)
            mark = f"before-restore-{clock.now():%Y%m%d-%H%M%S}"
            if dumping.vendor() == "sqlite" and not dumping.is_empty():
                dumping.keep_aside(mark)
            dumping.load(folder / "database", manifest["counts"], manifest["migrations"], show)
        except (ArchiveBroken, dumping.CannotRestore) as error:
            typer.echo(f"Not restored: {error}", err=True)
            raise typer.Exit(1) from None
        _move_aside(data, mark, has_keys=manifest["has_keys"])
        for name in (*FOLDERS, "keys"):
            if (folder / name).is_dir():
                shutil.move(folder / name, data / name)
    if (data / "keys").is_dir():
        (data / "keys").chmod(0o700)
    counts = manifest["counts"]
    typer.echo(f"Restored {sum(counts.values())} rows, {counts.get(dumping.CASES, 0)} cases, as of {manifest['at']}.")
    if not manifest["has_keys"] and not _keys_fit(manifest["keys"]):
        typer.echo(
            f"The keys here are not those of the backup: personal data cannot be read. Put the old ones into "
            f"{data / 'keys'} before anybody signs in.", err=True,
        )  # fmt: skip
    typer.echo("Now run: tuoshan verify", err=True)


def _refuse_if_used(data: Path) -> None:
    from tuoshan.cli import dumping

    if not dumping.is_empty():
        raise typer.BadParameter("the database here already holds people or cases; add --force to replace them")
    for name in FOLDERS:
        if any(below(data / name)):
            raise typer.BadParameter(f"there are files in {data / name} already; add --force to move them aside")


def _refuse_if_strange(manifest: dict[str, Any]) -> None:
    from tuoshan.cli import dumping

    if manifest.get("product") != "tuoshan":
        raise ArchiveBroken("this is a backup of something else")
    if manifest["database"] != dumping.vendor():
        raise dumping.CannotRestore(
            f"this is a backup of {manifest['database']}, but the database here is {dumping.vendor()}; "
            "set TUOSHAN_DATABASE_URL accordingly"
        )
    newer = dumping.unknown_migrations(manifest["migrations"])
    if newer:
        raise dumping.CannotRestore(
            f"it was made by a newer version ({manifest['version']}; {newer[0]} is not known here): update first"
        )


def _move_aside(data: Path, mark: str, *, has_keys: bool) -> None:
    """Folders that stand where the backup's go are kept, with the time of the restore behind their name."""
    for name in (*FOLDERS, *(["keys"] if has_keys else [])):
        if (data / name).is_dir():
            (data / name).rename(data / f"{name}.{mark}")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(backup)
    app.command()(restore)
