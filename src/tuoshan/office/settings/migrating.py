"""Having the open cases of a playbook brought over to another version: what is chosen, and what came of it in words."""

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tuoshan import punctuation
from tuoshan.agenda.turnstile import write_transaction
from tuoshan.cases import library, migrating, migration_runs
from tuoshan.cases.forms import words
from tuoshan.cases.library import PlaybookUnknown
from tuoshan.cases.migrating import EFFECTS, GONE, UNCLEAR, UNMAPPED, Way
from tuoshan.cases.models import Case, MigrationRun, StayedCase, StoredPlaybook
from tuoshan.core.migrating import Names
from tuoshan.core.playbook import Playbook
from tuoshan.office.settings import recording
from tuoshan.office.settings.recording import both

SHOWN_RUNS = 20
GOING_ON = gettext_lazy("这个流程正在换版或试算，没有开始新的；请等它完成，或先停止它。")
NOT_TRIED = gettext_lazy("试算还没有完成，不能开始。")

WHY = {
    UNMAPPED: gettext_lazy("在新版本里没有位置"),
    EFFECTS: gettext_lazy("有消息、付款或其他事项还在发出"),
    "due_now": gettext_lazy("有时限正好到期，还没有处理"),
    GONE: gettext_lazy("它的流程版本已经没有了"),
    UNCLEAR: gettext_lazy("按新版本算不出时限"),
}
"""Why a case stays; what to do about it stands in `WHAT_TO_DO`."""
WHAT_TO_DO = {
    UNMAPPED: gettext_lazy("为它们选好新版本里的状态或待办，再试算一次。"),
    EFFECTS: gettext_lazy("发出之后再换一次版，就会换过去。"),
    "due_now": gettext_lazy("到期的处理完之后再换一次版，就会换过去。"),
    GONE: gettext_lazy("这些工单只能办完；找回那一版的流程文件后才能换。"),
    UNCLEAR: gettext_lazy("先补全工单里算时限要用的内容，再换一次版。"),
}


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a playbook: how many open cases go by it, whether new ones do, whether it can be read at all."""

    hash: str
    title: str
    open: int
    in_use: bool
    is_kept: bool


@dataclass(frozen=True, slots=True)
class Lost:
    """A state or a task of earlier versions that the chosen one does not have, and in how many open cases it stands."""

    name: str
    title: str
    open: int


def versions(key: str) -> list[Version]:
    """The version in use, then the others, newest first. Raises PlaybookUnknown for a key that is not in use."""
    now = library.current(key)
    rows = Case.objects.filter(playbook=key, ended=False).values("playbook_hash").order_by()
    counts = {row["playbook_hash"]: row["n"] for row in rows.annotate(n=Count("id"))}
    stored = StoredPlaybook.objects.filter(key=key).order_by("-stored_at", "-id").values_list("hash", "version")
    kept = {now.hash: now.version} | {hash_: version for hash_, version in stored if hash_ != now.hash}
    found = [
        Version(hash_, title_of(version, hash_), counts.get(hash_, 0), hash_ == now.hash, True)
        for hash_, version in kept.items()
    ]
    gone = sorted(counts.keys() - kept.keys())
    return found + [Version(hash_, title_of(None, hash_), counts[hash_], False, False) for hash_ in gone]


def title_of(version: int | None, hash_: str) -> str:
    """`第 2 版（1a2b3c4d）`."""
    known = _("第 %(version)s 版") % {"version": version} if version is not None else _("已经没有的版本")
    return punctuation.in_brackets(known, hash_[:8])


def way(key: str, origin: str = "", to: str = "", names: Names | None = None) -> Way:
    """From one version (all the others, without any) to one (the one in use). Raises PlaybookUnknown."""
    target = library.current(key)
    if to not in ("", target.hash):
        target = library.pinned(key, to)
    if origin and (origin == target.hash or origin not in {one.hash for one in versions(key)}):
        raise PlaybookUnknown(origin)
    return Way(target, names or Names(), origin)


def _before(chosen: Way) -> list[Playbook]:
    """The versions that the cases on the way go by, as far as they can be read."""
    hashes = chosen.cases().values_list("playbook_hash", flat=True).distinct()
    return [book for hash_ in hashes if (book := _read(chosen.to.key, hash_)) is not None]


@dataclass(frozen=True, slots=True)
class Ahead:
    """What a run would meet: how many cases, and the states and tasks that are gone, those in use first."""

    many: int
    states: list[Lost]
    tasks: list[Lost]


def ahead(chosen: Way) -> Ahead:
    """What lies on the way."""
    waiting, before = migrating.waiting(chosen), _before(chosen)
    states = {name: words(state.title) for book in before for name, state in book.states.items() if not state.end}
    tasks = {name: words(task.title) for book in before for name, task in book.tasks.items()}
    return Ahead(
        waiting.many, _lost(states, states_to_choose(chosen.to), waiting.states),
        _lost(tasks, chosen.to.tasks, waiting.tasks),
    )  # fmt: skip


def _lost(known: Mapping[str, str], kept: Container[str], counts: Mapping[str, int]) -> list[Lost]:
    gone = [Lost(name, title, counts.get(name, 0)) for name, title in known.items() if name not in kept]
    return sorted(gone, key=lambda one: -one.open)


def states_to_choose(book: Playbook) -> dict[str, str]:
    """Where a case may go on: every state but the ends."""
    return {name: words(state.title) for name, state in book.states.items() if not state.end}


def tasks_to_choose(book: Playbook) -> dict[str, str]:
    """What an open task may become."""
    return {name: words(task.title) for name, task in book.tasks.items()}


class MapForm(forms.Form):
    """For each state and task that is gone, what it is called now; with nothing chosen its cases stay."""

    def __init__(self, data: Any = None, *, chosen: Way) -> None:
        super().__init__(data)
        self.ahead = ahead(chosen)
        self._offer("state", self.ahead.states, states_to_choose(chosen.to))
        self._offer("task", self.ahead.tasks, tasks_to_choose(chosen.to))

    def _offer(self, kind: str, gone: list[Lost], there: Mapping[str, str]) -> None:
        choices = [("", _("不换，留在原来的版本")), *there.items()]
        for one in gone:
            same = [name for name, title in there.items() if title == one.title]
            self.fields[f"{kind}-{one.name}"] = forms.ChoiceField(
                label=one.title, choices=choices, required=False, initial=same[0] if len(same) == 1 else "",
                help_text=ngettext("%(number)s 件在办", "%(number)s 件在办", one.open) % {"number": one.open},
            )  # fmt: skip

    def _bound(self, kind: str) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith(f"{kind}-")]

    def state_fields(self) -> list[Any]:
        return self._bound("state")

    def task_fields(self) -> list[Any]:
        return self._bound("task")

    def names(self) -> Names:
        """What was chosen."""

        def chosen(kind: str, gone: list[Lost]) -> dict[str, str]:
            return {one.name: new for one in gone if (new := self.cleaned_data[f"{kind}-{one.name}"])}

        return Names(chosen("state", self.ahead.states), chosen("task", self.ahead.tasks))


# -- runs ------------------------------------------------------------------------------------------------------------


def try_out(request: HttpRequest, chosen: Way) -> MigrationRun:
    """Begin a trial. Raises GoingOn."""
    return migration_runs.try_out(chosen, recording.me(request).pk)


def start(request: HttpRequest, run: MigrationRun) -> None:
    """Do what was tried, and write down who has decided it; once, however often.

    Raises GoingOn, NotTried, and Http404 where the version cannot be read any more.
    """
    book = _read(run.playbook, run.to_hash)
    if book is None:
        raise Http404
    with write_transaction():
        if migration_runs.start(run, recording.me(request).pk):
            recording.record(
                request, "playbooks", book.file, both(lambda: words(book.title)),
                before=both(lambda: {"cases": titled([run])[0].origin}),
                after=both(lambda: {"cases": titled([run])[0].target}),
                labels=both(lambda: {"cases": _("在办工单")}), action="done",
            )  # fmt: skip


def runs(key: str) -> "QuerySet[MigrationRun]":
    """The runs of a playbook, newest first."""
    return MigrationRun.objects.filter(playbook=key).order_by("-asked_at", "-id")


@dataclass(frozen=True, slots=True)
class Titled:
    """A run with what the versions are called that it leads from and to."""

    run: MigrationRun
    origin: str
    target: str


def titled(rows: Iterable[MigrationRun]) -> list[Titled]:
    """Runs with their versions' titles, in one statement."""
    listed = list(rows)
    hashes = {hash_ for run in listed for hash_ in (run.from_hash, run.to_hash)}
    known = dict(StoredPlaybook.objects.filter(hash__in=hashes).values_list("hash", "version"))

    def version(hash_: str) -> str:
        return title_of(known.get(hash_), hash_) if hash_ else _("所有其他版本")

    return [Titled(run, version(run.from_hash), version(run.to_hash)) for run in listed]


def title(run: MigrationRun) -> str:
    """What the process is called, whether it is in use or not."""
    book = library.everything().get(run.playbook) or _read(run.playbook, run.to_hash)
    return words(book.title) if book is not None else run.playbook


def mapped(run: MigrationRun) -> list[tuple[str, str]]:
    """What the run calls otherwise, as titles: old, new. A name stands for itself where its version is gone."""
    if not (run.states or run.tasks):
        return []
    hashes = StoredPlaybook.objects.filter(key=run.playbook).order_by("-stored_at").values_list("hash", flat=True)
    earlier = [run.from_hash] if run.from_hash else [one for one in hashes if one != run.to_hash]
    before = [book for hash_ in earlier if (book := _read(run.playbook, hash_)) is not None]
    after = [book for book in (_read(run.playbook, run.to_hash),) if book is not None]

    def shown(books: list[Playbook], find: Callable[[Playbook], Mapping[str, Any]], name: str) -> str:
        return next((words(find(book)[name].title) for book in books if name in find(book)), name)

    pairs = []
    for names, find in ((run.states, lambda book: book.states), (run.tasks, lambda book: book.tasks)):
        pairs += [(shown(before, find, old), shown(after, find, new)) for old, new in names.items()]
    return pairs


def _read(key: str, hash_: str) -> Playbook | None:
    try:
        return library.pinned(key, hash_)
    except PlaybookUnknown:
        return None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why some cases stayed, how many, and what can be done."""

    because: str
    title: str
    advice: str
    number: int


def reasons(runs: Iterable[MigrationRun]) -> dict[int, list[Reason]]:
    """By run, why its cases stayed, the most frequent first."""
    found: dict[int, list[Reason]] = {run.pk: [] for run in runs}
    rows = StayedCase.objects.filter(run_id__in=found).values("run_id", "because")
    for row in rows.annotate(n=Count("case_id")).order_by("-n"):
        because = row["because"]
        found[row["run_id"]].append(Reason(because, why(because), str(WHAT_TO_DO.get(because, "")), row["n"]))
    return found


def why(because: str) -> str:
    """In a few words."""
    return str(WHY.get(because) or _("新版本不允许（%(code)s）") % {"code": because})


def stayed(run: MigrationRun, because: str = "") -> "QuerySet[StayedCase]":
    """The cases that stayed, in their order; those of one reason."""
    rows = StayedCase.objects.filter(run_id=run.pk).order_by("case_id")
    return rows.filter(because=because) if because else rows


@dataclass(frozen=True, slots=True)
class Stayed:
    """A case that stayed, and why."""

    number: str
    title: str
    because: str
    why: str


def told(rows: Iterable[StayedCase]) -> list[Stayed]:
    """Some of them in words."""
    listed = list(rows)
    cases = Case.objects.defer("snapshot").in_bulk([row.case_id for row in listed])
    return [
        Stayed(case.number, case.title, row.because, _why(row, case))
        for row in listed
        if (case := cases.get(row.case_id)) is not None
    ]


def _why(row: StayedCase, case: Case) -> str:
    book = _read(case.playbook, case.playbook_hash) if row.because == UNMAPPED else None
    if book is None:
        return why(row.because)
    return _("新版本里没有：%(what)s") % {"what": punctuation.in_turn(_lost_words(book, row.lost))}


def _lost_words(book: Playbook, lost: Mapping[str, Any]) -> list[str]:
    def title(there: Mapping[str, Any], name: str) -> str:
        return words(there[name].title) if name in there else name

    parts = []
    if state := lost.get("state"):
        parts.append(_("状态“%(title)s”") % {"title": title(book.states, state)})
    if tasks := lost.get("tasks"):
        parts.append(_("待办“%(title)s”") % {"title": punctuation.listed(title(book.tasks, name) for name in tasks)})
    if hold := lost.get("hold"):
        parts.append(_("中止“%(title)s”") % {"title": title(book.holds, hold)})
    return parts
