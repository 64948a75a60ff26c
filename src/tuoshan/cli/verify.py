"""`tuoshan verify`: prove that what is stored is what happened; `tuoshan reindex`: make anew what follows from it."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any

import typer

from tuoshan.cli.ready import ready

SHOWN = 20
"""So many differences of a kind are told one by one; the others are counted."""
_OF_CASES = ("这些工单的统计数字和查找", "figures and search of these cases")
FEW = 10_000
"""Up to so many cases are indexed anew by themselves; more are quicker as a whole."""


def verify(
    number: Annotated[str, typer.Argument(help="One case, by its number; none: every case.")] = "",
    sample: Annotated[int, typer.Option(help="So many cases, chosen by chance.", min=0)] = 0,
    files: Annotated[bool, typer.Option(help="Read every stored piece of evidence as well.")] = True,
    mend: Annotated[bool, typer.Option("--mend", help="Count and index anew what is found to differ.")] = False,
) -> None:
    """Replay every case and compare; then the counts of queues, the figures of reports and the search index.

    Ends with 0 when all is well, with 1 when there are faults. With --mend, counts, figures and index that differ are
    made anew from the cases; what is wrong with a case itself is never changed.
    """
    ready(only_reads=not mend)
    from tuoshan.cases import verifying

    chosen = _chosen(number, sample)
    faults = _prove_cases(chosen)
    if files and chosen is None:
        faults += _tell(verifying.verify_files()).number
    left = _prove_beside(chosen, mend=mend)
    raise typer.Exit(1 if faults or left else 0)


def _chosen(number: str, sample: int) -> list[int] | None:
    """The cases to be looked at; None for all."""
    from tuoshan.cases import verifying
    from tuoshan.cases.models import Case
    from tuoshan.core.numbering import MisheardNumber, parse_number

    if not number:
        return verifying.sampled(sample) if sample else None
    try:
        chosen = list(Case.objects.filter(number=parse_number(number)).values_list("id", flat=True))
    except MisheardNumber as error:
        typer.echo(f"{error.reason_zh} / {error.reason_en}", err=True)
        raise typer.Exit(2) from None
    if not chosen:
        typer.echo(f"没有工单 {number} / There is no case {number}", err=True)
        raise typer.Exit(2)
    return chosen


@contextmanager
def _bar(title: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar at a terminal; gives what moves it."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(title, total=total)
        yield lambda done: bar.update(task, completed=done)


def _total(chosen: Sequence[int] | None) -> int:
    from tuoshan.cases.models import Case

    return len(chosen) if chosen is not None else Case.objects.count()


@dataclass
class _Found:
    """How many differences there are, and as many of them as are mended one by one."""

    number: int = 0
    first: list[Any] = field(default_factory=list)

    @property
    def need_all_anew(self) -> bool:
        """Whether mending one by one is not enough."""
        return self.number > FEW or any(one.needs_all_anew for one in self.first)


def _tell(differences: Iterable[Any], most: int = sys.maxsize) -> _Found:
    """Print them as they are found."""
    found = _Found()
    for one in differences:
        found.number += 1
        if found.number <= most:
            typer.echo(str(one))
        if found.number <= FEW:
            found.first.append(one)
    if found.number > most:
        typer.echo(f"…… 还有 {found.number - most} 处 / … and {found.number - most} more")
    return found


def _prove_cases(chosen: list[int] | None) -> int:
    from tuoshan.cases import verifying

    state = verifying.Tally()
    with _bar("工单 / cases", _total(chosen)) as move:

        def show(tally: verifying.Tally) -> None:
            state.cases, state.events = tally.cases, tally.events
            move(tally.cases)

        faults = _tell(verifying.verify(case_ids=chosen, progress=show)).number
    typer.echo(
        f"工单 {state.cases} 件，事件 {state.events} 个，{faults} 处有误 / "
        f"{state.cases} cases, {state.events} events, {faults} faults", err=bool(faults),
    )  # fmt: skip
    return faults


def _prove_beside(chosen: list[int] | None, *, mend: bool) -> int:
    """How many differences are left between the cases and what is kept beside them."""
    counts = _differing_counts() if chosen is None else 0
    cases = _differing_cases(chosen)
    left = counts + cases.number
    zh, en = ("计数、统计和查找", "counts, figures and search") if chosen is None else _OF_CASES
    typer.echo(f"{zh}：{left} 处不符 / {en}: {left} differences", err=bool(left))
    if not left or not mend:
        if left:
            typer.echo("tuoshan verify --mend 按工单重新计数、重建索引 / counts and indexes them anew", err=True)
        return left
    _mend(bool(counts), cases)
    left = _differing_counts() if counts else 0
    if cases.number:
        left += _differing_cases(chosen if cases.need_all_anew else [one.case_id for one in cases.first]).number
    typer.echo(f"改正之后：{left} 处不符 / mended: {left} differences are left", err=bool(left))
    return left


def _differing_counts() -> int:
    from tuoshan import clock
    from tuoshan.cases import tally_proof

    return _tell(tally_proof.differences(clock.now()), SHOWN).number


def _differing_cases(chosen: list[int] | None) -> _Found:
    from tuoshan.insight import proving

    with _bar("统计和查找 / figures and search", _total(chosen)) as move:
        return _tell(proving.differences(chosen, move), SHOWN)


def _mend(counts: bool, cases: _Found) -> None:
    from tuoshan.cases import tally
    from tuoshan.insight import proving

    if counts:
        tally.recount()
    if cases.need_all_anew:
        _index_all()
    else:
        proving.mend(cases.first)


def _index_all() -> int:
    from tuoshan.insight import indexing

    typer.echo(
        "重建全部索引和统计；完成之前，查找和报表不完整。 / "
        "All of index and figures is made anew; until then search and reports are not complete.",
        err=True,
    )
    with _bar("统计和查找 / figures and search", _total(None)) as move:
        return indexing.reindex(lambda done, _total: move(done))


def reindex() -> None:
    """Make counts of queues, figures of reports and the search index anew from the cases, whatever they say.

    People may work meanwhile: while all is counted nobody writes (seconds), while all is indexed, search and reports
    are not complete.
    """
    ready()
    from tuoshan.cases import tally

    tally.recount()
    done = _index_all()
    typer.echo(f"{done} 件工单已重新计数和索引 / {done} cases counted and indexed anew")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(verify)
    app.command()(reindex)
