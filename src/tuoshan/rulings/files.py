"""The rule books that come with the product, read from their files. Needs neither Django nor a database."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

from tuoshan.core.playbook import Wording
from tuoshan.core.policy.checking import check_overridden, check_pack, check_versions
from tuoshan.core.policy.pack import LAYERS, Fact, InForce, Pack
from tuoshan.core.policy.reading import (
    ReadPack,
    read_conditions_file,
    read_facts_file,
    read_labels_file,
    read_pack,
)
from tuoshan.core.reading.findings import Finding

PACKAGED = Path(__file__).resolve().parent.parent / "policies"
FACTS = "facts.yaml"


@dataclass(frozen=True)
class Folder:
    """What a folder of rule books holds: the packs that are in order, and what was found in each file."""

    packs: tuple[Pack, ...]
    findings: Mapping[str, tuple[Finding, ...]]


@cache
def shared_facts() -> Mapping[str, Fact]:
    """The facts that all packs share. They come with the product alone, so that a name means the same everywhere."""
    facts, findings = read_facts_file((PACKAGED / FACTS).read_text(encoding="utf-8"), FACTS)
    if findings:
        raise ValueError(f"{FACTS}: {findings[0].in_language('en')}")
    return facts


@cache
def shared_labels() -> Mapping[str, Wording]:
    """What values and outputs of that name are called in every pack that does not say otherwise."""
    return read_labels_file((PACKAGED / FACTS).read_text(encoding="utf-8"), FACTS)


@cache
def shared_conditions() -> Mapping[str, str]:
    """What packs may name by `among` before their own condition."""
    return read_conditions_file((PACKAGED / FACTS).read_text(encoding="utf-8"), FACTS)


@cache
def packaged() -> tuple[Pack, ...]:
    """The packs that come with the product, in order of their layers. They were checked when they were made."""
    return in_order(read.pack for read in _read(PACKAGED).values() if read.pack is not None)


def check_folder(folder: Path = PACKAGED) -> Folder:
    """Read and check every pack of a folder; a file that is wrong gives its findings and no pack."""
    found: dict[str, tuple[Finding, ...]] = {}
    good = []
    for name, read in _read(folder).items():
        findings = read.findings or (check_pack(read.pack) if read.pack is not None else ())
        found[name] = findings
        if read.pack is not None and not findings:
            good.append(read.pack)
    for finding in (*check_versions(good), *check_overridden(good, packaged())):
        found[finding.file] = (*found.get(finding.file, ()), finding)
    return Folder(in_order(pack for pack in good if not found[pack.file]), found)


def read_text(text: str, file: str, beside: Callable[[str], str | None]) -> ReadPack:
    """One pack from its text."""
    return read_pack(text, file, shared_facts(), beside, shared_labels(), shared_conditions())


def beside(folder: Path) -> Callable[[str], str | None]:
    """The CSV files of a folder, by plain name alone."""

    def text_of(name: str) -> str | None:
        path = folder / Path(name).name
        return path.read_text(encoding="utf-8-sig") if path.suffix == ".csv" and path.is_file() else None

    return text_of


def in_order(packs: Iterable[Pack]) -> tuple[Pack, ...]:
    """Highest layer first, then by name; of several versions of a book each ends where the next begins."""
    ordered = sorted(packs, key=lambda pack: (LAYERS.index(pack.layer), pack.name, pack.version))
    found: list[Pack] = []
    for pack in ordered:
        before = found[-1] if found and found[-1].name == pack.name else None
        if before is not None:
            found[-1] = _ended(before, pack)
        found.append(pack)
    return tuple(found)


def _ended(pack: Pack, following: Pack) -> Pack:
    """A version that stops counting on the day from which the next one does."""
    begins = following.in_force.begins if following.in_force else None
    if begins is None or following.in_force is None:
        return pack
    dates = pack.in_force or InForce(following.in_force.by)
    until = min(dates.until or date.max, begins)
    return replace(pack, in_force=InForce(dates.by, dates.begins, until))


def _read(folder: Path) -> dict[str, ReadPack]:
    """File name → what was read, for every pack of a folder."""
    return {
        path.name: read_text(path.read_text(encoding="utf-8"), path.name, beside(folder))
        for path in sorted(folder.glob("*.yaml"))
        if path.name != FACTS
    }
