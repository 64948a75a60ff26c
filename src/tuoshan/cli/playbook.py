"""`tuoshan playbook`: prove playbooks, draw them, walk through them. Needs no database."""

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from tuoshan.core.case import Actor, Command, Decision, Event
from tuoshan.core.checker import check as prove
from tuoshan.core.playbook import Playbook, State, Walk
from tuoshan.core.possible import Possible, possible
from tuoshan.core.reading import Finding, read_playbook
from tuoshan.core.walker import Walker
from tuoshan.core.walking import run_walk

app = typer.Typer(no_args_is_help=True, help="流程文件 / Playbooks: check, graph, simulate.")
PACKAGED = Path(__file__).resolve().parent.parent / "playbooks"
English = Annotated[bool, typer.Option("--en/--zh", help="Findings and titles in English or Chinese.")]


@app.command()
def check(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Playbook files; none: those shipped and your own.")
    ] = None,
    en: English = False,
) -> None:
    """Run the fourteen checks and every example walk. Ends with 1 when something keeps a playbook from loading."""
    language = "en" if en else "zh-hans"
    wanted = list(files or ())
    for path in wanted:
        if not path.is_file():
            raise typer.BadParameter(f"there is no file {path}")
    books = _read_all([*_known_files(), *wanted])
    wrong = 0
    for path, (playbook, read) in books.items():
        if wanted and path not in wanted:
            continue
        findings = list(read)
        if playbook is not None and not _errors(findings):
            others = {
                book.key: book for book, _found in books.values() if book is not None and book.key != playbook.key
            }
            findings += prove(playbook, others)
        for finding in findings:
            typer.echo(f"{finding.severity}: {finding.in_language(language)}")
        wrong += _errors(findings)
        if playbook is not None and not _errors(findings):
            typer.echo(f"{path.name}: {len(playbook.states)} states, {len(playbook.walks)} walks, in order")
    raise typer.Exit(1 if wrong else 0)


@app.command()
def graph(
    key: Annotated[str, typer.Argument(help="Key of the playbook, such as complaint.")],
    mermaid: Annotated[bool, typer.Option("--mermaid", help="Mermaid's text form.")] = False,
    svg: Annotated[bool, typer.Option("--svg", help="A picture.")] = False,
    en: English = False,
) -> None:
    """Draw a playbook: its states, what leads from one to the next, and by when."""
    playbook, language = _one(key), "en" if en else "zh-hans"
    if mermaid:
        typer.echo(_mermaid(playbook, language))
    elif svg:
        typer.echo(_svg(playbook, language))
    else:
        typer.echo(_text(playbook, language))


@app.command()
def simulate(
    key: Annotated[str, typer.Argument(help="Key of the playbook.")],
    walk: Annotated[
        str, typer.Option(help="An example walk by its name, or steps: 'accept > wait 25h > late respond'.")
    ] = "",
    random: Annotated[int, typer.Option(help="So many steps by chance.", min=0, max=100_000)] = 0,
    seed: Annotated[int, typer.Option(help="The same seed walks the same way.")] = 1,
    en: English = False,
) -> None:
    """Walk through a playbook on a moved clock. Ends with 1 when a walk does not go as told."""
    playbook, language = _one(key), "en" if en else "zh-hans"
    if bool(walk) == bool(random):
        raise typer.BadParameter("give --walk or --random")
    if walk:
        steps = next((one for one in playbook.walks if one.name == walk), Walk("walk", walk))
        problems = run_walk(playbook, steps)
        for problem in problems:
            typer.echo(problem)
        if not problems:
            typer.echo("as told")
        raise typer.Exit(1 if problems else 0)
    for line in _wander(playbook, random, seed, language):
        typer.echo(line)


# -- reading ---------------------------------------------------------------------------------------------------------


def _known_files() -> list[Path]:
    """The shipped files, then the company's own, which replace shipped ones of the same name."""
    from tuoshan.settings.config import read_config

    found: dict[str, Path] = {}
    for folder in (PACKAGED, read_config().data_dir / "playbooks"):
        found |= {path.name: path for path in sorted(folder.glob("*.yaml"))}
    return list(found.values())


def _fragments() -> dict[str, str]:
    from tuoshan.settings.config import read_config

    folders = (PACKAGED / "fragments", read_config().data_dir / "playbooks" / "fragments")
    return {path.stem: _words(path) for folder in folders for path in sorted(folder.glob("*.yaml"))}


def _words(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "surrogateescape")


def _read_all(paths: list[Path]) -> dict[Path, tuple[Playbook | None, tuple[Finding, ...]]]:
    fragments, known = _fragments(), dict[str, Playbook]()
    found: dict[Path, tuple[Playbook | None, tuple[Finding, ...]]] = {}
    for path in paths:
        playbook, findings = read_playbook(_words(path), path.name, fragments, known)
        if playbook is not None:
            known[playbook.key] = playbook
        found[path] = playbook, tuple(findings)
    return found


def _errors(findings: list[Finding]) -> int:
    return sum(finding.severity == "error" for finding in findings)


def _one(key: str) -> Playbook:
    books = {book.key: book for book, _found in _read_all(_known_files()).values() if book is not None}
    if key not in books:
        raise typer.BadParameter(f"there is no playbook {key}; known: {', '.join(sorted(books))}")
    return books[key]


# -- drawing ---------------------------------------------------------------------------------------------------------


def _edges(playbook: Playbook) -> list[tuple[str, str, str]]:
    """From, to, action: in the order of the states."""
    return [
        (name, action.to, action.name)
        for name in playbook.states
        for action in playbook.actions_from(name)
        if action.to and action.to in playbook.states
    ]


def _waits(state: State, language: str) -> str:
    waits = state.waits
    if waits is None:
        return ""
    if waits.no_promise is not None:
        return waits.no_promise.in_language(language)
    return f"{', '.join(waits.parties)}{f' · {waits.promise}' if waits.promise else ''}"


def _text(playbook: Playbook, language: str) -> str:
    lines = [f"{playbook.key}: {playbook.title.in_language(language)}", ""]
    edges = _edges(playbook)
    for name, state in playbook.states.items():
        mark = "●" if name == playbook.start else "◆" if state.end else "○"
        waits = _waits(state, language)
        lines.append(f"{mark} {name} ({state.title.in_language(language)}){f'  ← {waits}' if waits else ''}")
        for start, to, action in edges:
            if start == name:
                by_itself = (
                    " *" if playbook.actions[action].by == ("system",) or playbook.actions[action].automatic else ""
                )
                lines.append(f"    {action}{by_itself} → {to}")
    return "\n".join([*lines, "", "● start  ◆ end  * the system acts by itself"])


def _mermaid(playbook: Playbook, language: str) -> str:
    lines = ["stateDiagram-v2", f"    [*] --> {playbook.start}"]
    for name, state in playbook.states.items():
        lines.append(f"    {name}: {state.title.in_language(language)}")
    for start, to, action in _edges(playbook):
        lines.append(f"    {start} --> {to}: {playbook.actions[action].title.in_language(language).replace(':', ' ')}")
    lines += [f"    {name} --> [*]" for name, state in playbook.states.items() if state.end]
    return "\n".join(lines)


def _svg(playbook: Playbook, language: str) -> str:
    """States one below the other; steps forward curve on the right, steps back on the left."""
    from html import escape

    high, left, wide, box = 64, 320, 260, 40
    rows = {name: number for number, name in enumerate(playbook.states)}
    parts = []
    for start, to, action in _edges(playbook):
        one, other = (30 + rows[name] * high + box / 2 for name in (start, to))
        side, edge = (1, left + wide) if rows[to] > rows[start] else (-1, left)
        bend = edge + side * (24 + 9 * abs(rows[to] - rows[start]))
        title = escape(f"{action}: {playbook.actions[action].title.in_language(language)}")
        parts.append(
            f'<path d="M{edge},{one} C{bend},{one} {bend},{other} {edge},{other}" fill="none" stroke="#8a94a0" '
            f'marker-end="url(#tip)"><title>{title}</title></path>'
        )
    for name, state in playbook.states.items():
        top = 30 + rows[name] * high
        fill = "#dcefe3" if state.end else "#e3ecf8" if name == playbook.start else "#ffffff"
        parts.append(
            f'<rect x="{left}" y="{top}" width="{wide}" height="{box}" rx="8" fill="{fill}" stroke="#5b6672"/>'
            f'<text x="{left + wide / 2}" y="{top + 25}" text-anchor="middle">'
            f"{escape(state.title.in_language(language))}</text>"
        )
    size = f'width="{2 * left + wide}" height="{60 + len(rows) * high}"'
    tip = (
        '<marker id="tip" markerWidth="8" markerHeight="8" refX="7" refY="4" orient="auto">'
        '<path d="M0,0 L8,4 L0,8 z" fill="#8a94a0"/></marker>'
    )
    font = 'font-family="sans-serif" font-size="14"'
    inside = "".join(parts)
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {font}><defs>{tip}</defs>{inside}</svg>'


# -- walking by chance -----------------------------------------------------------------------------------------------


def _wander(playbook: Playbook, steps: int, seed: int, language: str) -> list[str]:
    """Somebody who may do everything takes whatever is possible, and lets time pass in between."""
    from tuoshan import identifiers

    lines: list[str] = []
    with identifiers.seeded(seed) as chance:
        walker = Walker(playbook)
        _tell(walker, walker.start(_at_start(walker)), lines, language)
        for _step in range(steps):
            if chance.random() < 0.35:
                before = len(walker.events)
                walker.wait(timedelta(hours=chance.choice((1, 4, 12, 30, 80))))
                lines += [_line(walker, event, language) for event in walker.events[before:]]
                continue
            choices = [one for one in _possible(walker) if one.blocked is None and one.kind in ("act", "task")]
            if not choices:
                lines.append(f"{walker.case.state}: nothing more is possible")
                break
            one = chance.choice(choices)
            _tell(walker, _take(walker, one), lines, language)
    return lines


def _at_start(walker: Walker) -> Mapping[str, object]:
    return {item.name: walker.plausible(item) for item in walker.playbook.register if item.required}


def _everybody(walker: Walker, kind: Any = "person") -> Actor:
    return Actor(kind, "walker", frozenset(walker.playbook.parties) - {"system"})


def _possible(walker: Walker) -> list[Possible]:
    return possible(walker.playbook, walker.case, _everybody(walker), walker.now, walker.around)


def _take(walker: Walker, one: Possible) -> Decision:
    if one.kind == "task":
        run = walker.case.tasks[one.task]
        outcome = one.outcomes[0][0] if one.outcomes else ""
        return walker.task(run.name, run.key, outcome, {})
    if walker.playbook.actions[one.name].back or one.name == "correct":
        return walker.send(Command("wake"))
    return walker.act(one.name, {})


def _tell(walker: Walker, decision: Decision, lines: list[str], language: str) -> None:
    lines += [_line(walker, event, language) for event in decision.events]
    if decision.refusal is not None:
        data = json.dumps(dict(decision.refusal.data), ensure_ascii=False, default=str)
        lines.append(f"{'':16}  refused: {decision.refusal.because} {data}")


def _line(walker: Walker, event: Event, language: str) -> str:
    action = walker.playbook.actions.get(event.name)
    title = action.title.in_language(language) if action is not None else ""
    moved = next((str(change["state"]) for change in event.changes if change["op"] == "enter"), "")
    local = event.at.astimezone(ZoneInfo("Asia/Shanghai"))
    return f"{local:%m-%d %a %H:%M}  {event.kind} {event.name} {title}{f' → {moved}' if moved else ''}".rstrip()


def register(main: typer.Typer) -> None:
    """Add the commands."""
    main.add_typer(app, name="playbook")
