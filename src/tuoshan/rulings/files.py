"""The rule books that come with the product, read from their files. Needs neither Django nor a database."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache
from pathlib import Path

from tuoshan.core.playbook import Wording
from tuoshan.core.policy.checking.packs import check_pack
from tuoshan.core.policy.checking.version_checking import check_overridden, check_versions
from tuoshan.core.policy.pack import Fact, InForce, Pack
from tuoshan.core.policy.reading.packs import (
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
    read: Mapping[str, Pack]
    """By file, what could be read of it, in order or not."""


@dataclass(frozen=True)
class Text:
    """A rule book as it is written: its YAML, and the CSV files beside it by name."""

    text: str
    tables: Mapping[str, str]


@cache
def shared_text() -> str:
    """The file of what all packs share, as this process read it. It comes with the product alone, so that a name means
    the same everywhere."""
    return (PACKAGED / FACTS).read_text(encoding="utf-8")


def shared_facts() -> Mapping[str, Fact]:
    """The facts that all packs share."""
    return _shared(shared_text())[0]


@lru_cache(maxsize=8)
def _shared(text: str) -> tuple[Mapping[str, Fact], Mapping[str, Wording], Mapping[str, str]]:
    """What packs share, from its file: facts; what values and outputs of a name are called in every pack that does not
    say otherwise; conditions that packs may name by `among` before their own."""
    facts, findings = read_facts_file(text, FACTS)
    if findings:
        raise ValueError(f"{FACTS}: {findings[0].in_language('en')}")
    return facts, read_labels_file(text, FACTS), read_conditions_file(text, FACTS)


@cache
def packaged() -> tuple[Pack, ...]:
    """The packs that come with the product, in order of their layers. They were checked when they were made."""
    return in_order(read.pack for read, _text in _shipped().values() if read.pack is not None)


@cache
def packaged_texts() -> Mapping[str, Text]:
    """By hash of the pack: its text, as it was when this process read it."""
    return {read.pack.hash: text for read, text in _shipped().values() if read.pack is not None}


def check_folder(folder: Path = PACKAGED) -> Folder:
    """Read and check every pack of a folder; a file that is wrong gives its findings and no pack."""
    found: dict[str, tuple[Finding, ...]] = {}
    good = []
    texts = _read(folder)
    for name, read in texts.items():
        findings = read.findings or (check_pack(read.pack) if read.pack is not None else ())
        found[name] = findings
        if read.pack is not None and not findings:
            good.append(read.pack)
    for finding in (*check_versions(good), *check_overridden(good, packaged())):
        found[finding.file] = (*found.get(finding.file, ()), finding)
    read_of = {name: read.pack for name, read in texts.items() if read.pack is not None}
    return Folder(in_order(pack for pack in good if not found[pack.file]), found, read_of)


def read_text(text: str, file: str, beside: Callable[[str], str | None], shared: str = "") -> ReadPack:
    """One pack from its text, with what packs share now, or shared when that file had the text `shared`."""
    facts, labels, conditions = _shared(shared or shared_text())
    return read_pack(text, file, facts, beside, labels, conditions)


def beside(folder: Path) -> Callable[[str], str | None]:
    """The CSV files of a folder, by plain name alone."""

    def text_of(name: str) -> str | None:
        path = folder / Path(name).name
        return path.read_text(encoding="utf-8-sig") if path.suffix == ".csv" and path.is_file() else None

    return text_of


def in_order(packs: Iterable[Pack]) -> tuple[Pack, ...]:
    """Highest layer first, then by name; of several versions of a book each ends where the next begins."""
    ordered = sorted(packs, key=lambda pack: (pack.rank, pack.name, pack.version))
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


@cache
def _shipped() -> dict[str, tuple[ReadPack, Text]]:
    """The product's own packs and their texts, read at one time: an upgrade may change the files under a process."""
    found = {}
    for path in _files(PACKAGED):
        beside_it = sorted(PACKAGED.glob(f"{path.stem}.*.csv"))
        tables = {file.name: file.read_text(encoding="utf-8-sig") for file in beside_it}
        text = Text(path.read_text(encoding="utf-8"), tables)
        found[path.name] = read_text(text.text, path.name, tables.get), text
    return found


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.glob("*.yaml")) if path.name != FACTS]


def _read(folder: Path) -> dict[str, ReadPack]:
    """File name → what was read, for every pack of a folder."""
    return {
        path.name: read_text(path.read_text(encoding="utf-8"), path.name, beside(folder)) for path in _files(folder)
    }
