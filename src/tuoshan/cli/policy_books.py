"""Which rule books a command reads: those in force in this installation, those of the product, or those of a folder."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from tuoshan import keys
from tuoshan.core.policy.checking.doubting import doubts
from tuoshan.core.policy.checking.version_checking import check_holes
from tuoshan.core.policy.given import facts_of
from tuoshan.core.policy.pack import Pack
from tuoshan.core.policy.words.naming import place_told
from tuoshan.core.reading.findings import Finding
from tuoshan.rulings import files

SHIPPED = "shipped"
Books = Annotated[
    str,
    typer.Option("--books", help="`shipped`: as they come with the product; or a folder. None: those in force here."),
]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a text is called, what was found in it, the book where it is in order, and what could be read of it."""

    name: str
    findings: tuple[Finding, ...]
    pack: Pack | None
    read: Pack | None = None

    def told(self, finding: Finding, language: str) -> str:
        """A finding of it on one line, its place in words."""
        place = place_told(self.read, finding.where) if self.read is not None and finding.where else None
        return finding.in_language(language, place)


def books(where: str) -> tuple[Pack, ...]:
    """All versions of the books of a place, highest layer first."""
    if where:
        return _of_folder(folder(where))
    _set_up()
    from tuoshan.rulings import library

    return library.packs() if _has_tables() else files.packaged()


def folder(where: str) -> Path:
    """The folder of books that is meant."""
    if where == SHIPPED:
        return files.PACKAGED
    path = Path(where)
    if not path.is_dir():
        raise typer.BadParameter(f"there is no folder {where}")
    return path


def checked(where: str) -> list[Checked]:
    """Every text of a place with what was found in it; of an installation, also the versions that it published."""
    found = files.check_folder(folder(where or SHIPPED))
    in_order = {pack.file: pack for pack in found.packs}
    texts: list[Checked] = []
    for name, findings in found.findings.items():
        pack = in_order.get(name)
        doubted = tuple(one.finding for one in doubts(pack)) if pack is not None else ()
        texts.append(Checked(name, (*findings, *doubted), pack, found.read.get(name)))
    if not where:
        _set_up()
        texts += _published() if _has_tables() else []
    packs = [one.pack for one in texts if one.pack is not None]
    for hole in check_holes(packs):
        texts = [
            replace(one, findings=(*one.findings, hole)) if one.pack is not None and one.pack.file == hole.file else one
            for one in texts
        ]
    if where in ("", SHIPPED):
        texts += _for_rulings(packs, own=not where)
    return texts


def _for_rulings(packs: list[Pack], *, own: bool) -> list[Checked]:
    """What the processes' facts are to the books: names that neither has."""
    _set_up()
    from tuoshan.rulings import from_cases

    facts = {**files.shared_facts(), **facts_of(packs)}
    return [Checked(name, findings, None) for name, findings in from_cases.check_files(facts, own=own)]


def _of_folder(path: Path) -> tuple[Pack, ...]:
    if path == files.PACKAGED:
        return files.packaged()
    found = files.check_folder(path)
    for findings in found.findings.values():
        for finding in findings:
            typer.echo(f"{finding.severity}: {finding.in_language('en')}", err=True)
    if any(found.findings.values()):
        raise typer.Exit(1)
    return found.packs


def _published() -> list[Checked]:
    from tuoshan.rulings import library, publishing
    from tuoshan.rulings.models import PublishedBook

    found: list[Checked] = []
    for row in PublishedBook.objects.filter(withdrawn_at=None).order_by("name", "version"):
        proved = publishing.prove(row.name, row.text, publishing.tables_of(row), version=row.version)
        pack = library.published(proved.pack, row) if proved.good and proved.pack is not None else None
        doubted = (one.finding for one in proved.doubts)
        found.append(Checked(str(row), (*proved.findings, *doubted), pack, proved.pack))
    return found


def _set_up() -> None:
    keys.only_read()
    import django

    django.setup()


def _has_tables() -> bool:
    """Whether this installation has a database that was set up; none is made by asking.

    One that is named and cannot be reached ends the command: its books may say otherwise than those of the product.
    """
    from django.db import DatabaseError, connection

    from tuoshan.rulings.models import PublishedBook

    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite" and not connection.connection and not Path(name).is_file():
        return False
    try:
        return PublishedBook._meta.db_table in connection.introspection.table_names()
    except DatabaseError as error:
        typer.echo(f"the database cannot be read: {error}\n--books {SHIPPED} asks the books of the product", err=True)
        raise typer.Exit(1) from None
