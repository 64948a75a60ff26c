"""`tuoshan policy diff`: two versions of a rule book side by side, and what past cases would get by each."""

import json
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from tuoshan.cli import policy, policy_books
from tuoshan.cli.policy_books import Books
from tuoshan.cli.ready import ready
from tuoshan.core.playbook import Wording
from tuoshan.core.policy.comparing import Changed, Effect, Past, effect, replaced
from tuoshan.core.policy.editing.changes import changes
from tuoshan.core.policy.editing.differing import BookChange, book_changes
from tuoshan.core.policy.given import facts_of, read_given
from tuoshan.core.policy.pack import Fact, Pack
from tuoshan.core.policy.words.wording import verdict
from tuoshan.rulings import files
from tuoshan.rulings.books_beside import said

STORED = ("open", "quarter", "all")
SIGNS = {"added": "+", "removed": "-", "changed": "~"}
SHOWN = 20


def diff(
    old: Annotated[str, typer.Argument(help="A book: name, name@version, or a YAML file.")],
    new: Annotated[str, typer.Argument(help="The other version of it, in the same way.")],
    cases: Annotated[
        str, typer.Option("--cases", help="open, quarter or all cases with a ruling; or a file, a line of JSON a case.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    books: Books = "",
    en: policy.English = False,
) -> None:
    """What changed in a book; with --cases also which past cases would be answered otherwise, and at what cost.

    A line of a cases file: {"key": "A-1", "today": "2026-05-20", "facts": {...}, "quantity": 1}; the quantity may be
    left out.
    """
    known = policy_books.books(books)
    before, after = _book(old, known), _book(new, known)
    if before.name != after.name:
        raise typer.BadParameter(f"{before.name} and {after.name} are two different books")
    changes = book_changes(before, after)
    language = "en" if en else "zh-hans"
    found = _effect(before, after, known, cases, language) if cases else None
    only_asked = _only_asked(cases)
    if as_json:
        typer.echo(json.dumps(_data(changes, found, only_asked), ensure_ascii=False, indent=1))
        return
    for change in changes:
        typer.echo(_line(before, after, change, language))
    if not changes:
        typer.echo(Wording("两版没有差别", "no differences").in_language(language))
    if found is not None:
        for line in _told(found, language, only_asked):
            typer.echo(line)


# -- books and cases -------------------------------------------------------------------------------------------


def _book(text: str, known: tuple[Pack, ...]) -> Pack:
    """A book by its file, or by its name (its newest version) or name and version among those known."""
    path = Path(text)
    if path.suffix in (".yaml", ".yml"):
        return _from_file(path)
    found = [pack for pack in known if text in (pack.name, pack.key)]
    if not found:
        raise typer.BadParameter(f"there is no rule book '{text}'; see tuoshan policy list")
    return found[-1]


def _from_file(path: Path) -> Pack:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{path} cannot be read: {error}") from None
    read = files.read_text(text, path.name, files.beside(path.parent))
    for finding in read.findings:
        typer.echo(f"{finding.severity}: {finding.in_language('en')}", err=True)
    if read.pack is None:
        raise typer.Exit(1)
    return read.pack


def _effect(before: Pack, after: Pack, others: tuple[Pack, ...], cases: str, language: str) -> Effect:
    sets = (replaced(others, before), replaced(others, after))
    if cases in STORED:
        past = _stored(cases)
    else:
        past = _telling_unread(_listed(Path(cases)), facts_of((*sets[0], *sets[1])), language)
    return effect(_counted(past), *sets)


def _stored(which: str) -> Iterator[Past]:
    ready(only_reads=True)
    from tuoshan import clock
    from tuoshan.rulings import past_cases

    return past_cases.past_of(which, clock.now())


def _only_asked(which: str) -> int:
    """How many kept rulings never became a case, and so are left out."""
    if which not in STORED:
        return 0
    from tuoshan import clock
    from tuoshan.rulings import past_cases

    return past_cases.only_asked(which, clock.now())


def _listed(path: Path) -> Iterator[Past]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{path} cannot be read: {error}") from None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        wrong, past = _case_of(line, number)
        if past is None:
            raise typer.BadParameter(
                f'{path}, line {number}: {wrong}; a line is {{"today": "2026-05-20", "facts": {{…}}}}'
            )
        yield past


def _case_of(line: str, number: int) -> tuple[str, Past | None]:
    """The case that a line of JSON tells; or what is wrong with it, and none."""
    try:
        one = json.loads(line)
    except ValueError:
        return "it is no JSON", None
    if not isinstance(one, dict):
        return "it is no case", None
    facts, pieces = one.get("facts"), one.get("quantity", 1)
    if not isinstance(facts, dict):
        return "it has no facts", None
    try:
        today = date.fromisoformat(str(one.get("today")))
    except ValueError:
        return "its day of asking (today) is no date", None
    if isinstance(pieces, bool) or not isinstance(pieces, int) or pieces < 1:
        return "its quantity is no whole number from 1 on", None
    return "", Past(str(one.get("key", number)), today, facts, pieces)


def _telling_unread(past: Iterator[Past], known: Mapping[str, Fact], language: str) -> Iterator[Past]:
    """The same, and of facts that cannot be read which they are and why."""
    for one in past:
        for problem in read_given(known, one.facts, one.today)[1]:
            typer.echo(f"{one.key}: {problem.fact}: {problem.message.in_language(language)}", err=True)
        yield one


def _counted(past: Iterator[Past]) -> Iterator[Past]:
    """The same, with a count on the screen where somebody looks on."""
    for number, one in enumerate(past, 1):
        if number % 10_000 == 0 and sys.stderr.isatty():
            typer.echo(f"{number:,} …", err=True)
        yield one


# -- telling ---------------------------------------------------------------------------------------------------


def _line(before: Pack, after: Pack, change: BookChange, language: str) -> str:
    kinds = {
        "fact": Wording("事实", "fact"), "setting": Wording("设定", "setting"), "value": Wording("计算", "value"),
        "clause": Wording("条款", "clause"), "table": Wording("表", "table"), "row": Wording("行", "row"),
    }  # fmt: skip
    place = f"{change.table}." if change.table else ""
    text = f"{SIGNS[change.how]} {kinds[change.kind].in_language(language)} {place}{change.name}"
    told = list(dict.fromkeys(one for pack in (before, after) if (one := said(pack, change, language))))
    if len(told) > 1 and change.kind == "row":
        return f"{text}\n    - {told[0]}\n    + {told[1]}"  # each has arrows of its own
    return f"{text}  {' → '.join(told)}" if told else text


def _told(found: Effect, language: str, only_asked: int) -> list[str]:
    costs = f"{found.cost_before} → {found.cost_after}"
    lines = [Wording(
        f"看了 {found.looked_at} 件，涉及 {found.concerned} 件，改变 {found.many} 件；费用 {costs}",
        f"{found.looked_at} looked at, {found.concerned} concerned, {found.many} changed; cost {costs}",
    ).in_language(language)]  # fmt: skip
    if found.unreadable:
        lines.append(Wording(
            f"{found.unreadable} 件的事实已不能读取", f"{found.unreadable} with facts that cannot be read any more",
        ).in_language(language))  # fmt: skip
    if only_asked:
        lines.append(Wording(
            f"裁定台上问过、没有成为工单的 {only_asked} 份没有计入",
            f"{only_asked} asked on the bench that never became a case are left out",
        ).in_language(language))  # fmt: skip
    for one in found.changed[:SHOWN]:
        becomes = (each.in_language(language) for each in changes(one.before, one.after))
        lines.append(f"{one.key}  {one.costs_more:+}  {('；' if language != 'en' else '; ').join(becomes)}")
    if found.many > SHOWN:
        lines.append("…")
    return lines


def _data(changes: tuple[BookChange, ...], found: Effect | None, only_asked: int) -> dict[str, Any]:
    data: dict[str, Any] = {
        "changes": [{"how": one.how, "kind": one.kind, "table": one.table, "name": one.name} for one in changes]
    }
    if found is not None:
        data["effect"] = {
            "only_asked": only_asked,
            "looked_at": found.looked_at, "unreadable": found.unreadable, "concerned": found.concerned,
            "changed": found.many, "cost_before": f"{found.cost_before:f}", "cost_after": f"{found.cost_after:f}",
            "cases": [_case(one) for one in found.changed],
        }  # fmt: skip
    return data


def _case(one: Changed) -> dict[str, Any]:
    return {
        "key": one.key, "costs_more": f"{one.costs_more:f}",
        "before": _both(verdict(one.before)), "after": _both(verdict(one.after)),
        "changes": [_both(each) for each in changes(one.before, one.after)],
    }  # fmt: skip


def _both(words: Wording) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}


def register(parent: typer.Typer) -> None:
    """Add the command to those of `tuoshan policy`."""
    policy.app.command(name="diff")(diff)
