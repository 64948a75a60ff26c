"""`tuoshan export cases`: cases of a period as a spreadsheet, as CSV, or as JSON lines, streamed."""

import csv
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

import typer
from django.utils.translation import get_language

from tuoshan.cli.ready import ready

app = typer.Typer(help="Write data out of the system.", no_args_is_help=True)
FORMATS = ("xlsx", "csv", "jsonl")
BATCH = 500
XLSX_ROWS = 1_048_575
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
Row = dict[str, Any]


def _day(text: str, option: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{option}: {text} is no date; write it like 2026-03-01") from None


@app.command("cases")
def cases(
    out: Annotated[Path, typer.Option("--out", help="File to write; its ending chooses xlsx, csv or jsonl.")],
    since: Annotated[str, typer.Option("--from", help="First day of registration, such as 2026-03-01.")] = "",
    until: Annotated[str, typer.Option("--to", help="Last day of registration, included.")] = "",
    playbook: Annotated[str, typer.Option(help="Only this playbook; its fields become columns.")] = "",
    personal: Annotated[bool, typer.Option("--personal", help="Names and phones in full instead of masked.")] = False,
    language: Annotated[str, typer.Option(help="Wording of headings and values: zh or en.")] = "zh",
    force: Annotated[bool, typer.Option("--force", help="Replace the file if there is one.")] = False,
) -> None:
    """One row per case, in the order of registration."""
    kind = out.suffix.lstrip(".").lower()
    if kind not in FORMATS:
        raise typer.BadParameter(f"{out.name}: the ending must be one of {', '.join(FORMATS)}")
    if out.exists() and not force:
        raise typer.BadParameter(f"{out} exists already; choose another name or add --force")
    first, last = _day(since, "--from"), _day(until, "--to")
    if first and last and last < first:
        raise typer.BadParameter("--to lies before --from")
    ready(only_reads=True)
    from django.utils.translation import override
    from rich.console import Console
    from rich.progress import Progress

    from tuoshan.cases import library

    known = library.keys()
    if playbook and playbook not in known:
        raise typer.BadParameter(f"there is no playbook {playbook}; there are: {', '.join(known)}")
    with override("en" if language.startswith("en") else "zh-hans"):
        chosen = _chosen(first, last, playbook)
        columns = headings(playbook)
        total = chosen.count()
        if kind == "xlsx" and total > XLSX_ROWS:
            raise typer.BadParameter(f"{total} cases do not fit into one sheet; choose a shorter period, csv or jsonl")
        draft = out.with_name(f".{out.name}.part")
        try:
            with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
                task = bar.add_task("cases", total=total)
                with WRITERS[kind](draft, columns) as write:
                    for row in rows(chosen, playbook, personal=personal):
                        write(row)
                        bar.advance(task)
            draft.chmod(0o600)
            draft.replace(out)
        finally:
            draft.unlink(missing_ok=True)
    typer.echo(f"{out}: {total} cases")


def _chosen(first: date | None, last: date | None, playbook: str) -> Any:
    """The cases of the period by local days, in the order of their ids."""
    from django.utils import timezone

    from tuoshan.cases.models import Case

    found = Case.objects.order_by("id")
    if first:
        found = found.filter(created_at__gte=timezone.make_aware(datetime.combine(first, time())))
    if last:
        end = timezone.make_aware(datetime.combine(last + timedelta(days=1), time()))
        found = found.filter(created_at__lt=end)
    return found.filter(playbook=playbook) if playbook else found


def headings(playbook: str) -> dict[str, str]:
    """Column → heading, in order; with one playbook its fields too."""
    from django.utils.translation import gettext as _

    from tuoshan.cases import library
    from tuoshan.cases.forms import words

    known = {
        "number": _("编号"), "playbook": _("流程"), "state": _("状态"), "ended": _("已结束"), "end_kind": _("结束方式"),
        "title": _("标题"), "channel": _("来源"), "grade": _("等级"), "category": _("分类"), "product": _("商品"),
        "unit": _("单位"), "handler": _("经办人"), "customer": _("客户"), "phone": _("电话"),
        "created_at": _("登记时间"), "due_at": _("最近到期"), "overdue": _("超时"), "closed_at": _("结束时间"),
        "amount": _("金额（元）"), "satisfaction": _("满意度"), "is_history": _("历史数据"),
    }  # fmt: skip
    if not playbook:
        return known
    facts = library.current(playbook).facts
    own = {f"facts.{name}": words(field.label) for name, field in facts.items() if name not in known}
    hidden = {f"facts.{name}" for name, field in facts.items() if field.supervisors_only}
    return known | {name: label for name, label in own.items() if name not in hidden}


def rows(chosen: Any, playbook: str, *, personal: bool) -> Iterator[Row]:
    """The rows, read in batches by keyset so that memory stays small however many there are."""
    last = 0
    while batch := list(chosen.filter(id__gt=last)[:BATCH]):
        last = batch[-1].pk
        named = _names(batch)
        for case in batch:
            yield _row(case, named, playbook, personal=personal)


def _names(batch: list[Any]) -> dict[str, dict[int, Any]]:
    """What the batch points at, with one query a kind."""
    from tuoshan.catalog.models import Category, Product
    from tuoshan.parties.models import Customer, OrgUnit, Person

    wanted: dict[str, Any] = {
        "customer": Customer.objects, "unit": OrgUnit.objects, "handler": Person.objects, "product": Product.objects,
        "category": Category.objects.select_related("parent"),
    }  # fmt: skip
    return {
        name: {row.pk: row for row in manager.filter(pk__in={getattr(case, f"{name}_id") or 0 for case in batch})}
        for name, manager in wanted.items()
    }


def _row(case: Any, named: Mapping[str, Mapping[int, Any]], playbook: str, *, personal: bool) -> Row:
    from tuoshan.cases import library
    from tuoshan.cases.forms import words

    book = library.pinned(case.playbook, case.playbook_hash)
    customer = named["customer"].get(case.customer_id)
    found = {name: named[name].get(getattr(case, f"{name}_id")) for name in ("unit", "handler", "product", "category")}
    row: Row = {
        "number": case.number, "playbook": words(book.title), "state": words(book.states[case.state].title),
        "ended": case.ended, "end_kind": case.end_kind, "title": case.title,
        "channel": _choice(book, "channel", case.channel), "grade": _choice(book, "grade", case.grade),
        "category": found["category"].full_name if found["category"] else "",
        "product": str(found["product"] or ""), "unit": str(found["unit"] or ""),
        "handler": str(found["handler"] or ""),
        "customer": (customer.shown_name if personal else customer.masked_name) if customer else "",
        "phone": (customer.phone if personal else customer.masked_phone) if customer else "",
        "created_at": case.created_at, "due_at": case.due_at, "overdue": case.overdue, "closed_at": case.closed_at,
        "amount": case.amount, "satisfaction": case.satisfaction, "is_history": case.is_history,
    }  # fmt: skip
    if playbook:
        row |= _facts(case, book, personal=personal)
    return row


def _facts(case: Any, book: Any, *, personal: bool) -> Row:
    """What was filled in, in words; free text (kept apart, encrypted) only with personal data."""
    from tuoshan.cases.models import Words

    facts = json.loads(case.snapshot).get("facts", {})
    texts = dict(Words.objects.filter(case_id=case.pk).values_list("ref", "text")) if personal else {}
    return {
        f"facts.{name}": _value(book, name, value, texts)
        for name, value in facts.items()
        if name in book.facts and not book.facts[name].supervisors_only
    }


def _value(book: Any, name: str, value: Any, texts: Mapping[str, str]) -> Any:
    """A stored fact as it is written: exact numbers, local moments, choices in words."""
    match value:
        case {"words": ref}:
            return texts.get(ref, "••••")
        case {"decimal": number}:
            return Decimal(number)
        case {"moment": text}:
            return datetime.fromisoformat(text)
        case {"date": text}:
            return text
        case dict():
            return json.dumps(value, ensure_ascii=False)
        case list():
            return "、".join(str(_value(book, name, one, texts)) for one in value)
        case str():
            return _title(book.facts[name], value, get_language() or "")
    return value


@lru_cache(maxsize=20_000)
def _title(field: Any, value: str, _language: str) -> str:
    """A choice, person, unit or entry of a list in words; asked once for each value."""
    from tuoshan.insight.values import shown_value
    from tuoshan.parties.models import Person

    people = {int(value): str(Person.objects.filter(pk=value).first() or value)} if _names_person(field, value) else {}
    return shown_value(field, value, {}, people)


def _names_person(field: Any, value: str) -> bool:
    return field.kind == "person" and value.isdigit()


def _choice(book: Any, name: str, value: str) -> str:
    from tuoshan.cases.forms import words

    field = book.facts.get(name)
    known = {choice.value: words(choice.title) for choice in field.choices} if field else {}
    return known.get(value, value)


# -- the three kinds of files ------------------------------------------------------------------------------


def _local(at: datetime) -> datetime:
    from django.utils import timezone

    return timezone.localtime(at)


def harmless(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula gets an apostrophe in front."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_SIGNS) else value


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return _local(value).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, bool):
        return int(value)
    return "" if value is None else value


@contextmanager
def _csv(path: Path, columns: Mapping[str, str]) -> Iterator[Callable[[Row], None]]:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns.values())
        yield lambda row: writer.writerow([harmless(_plain(row.get(name))) for name in columns])


@contextmanager
def _jsonl(path: Path, columns: Mapping[str, str]) -> Iterator[Callable[[Row], None]]:
    def plain(value: Any) -> Any:
        return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)

    with path.open("w", encoding="utf-8") as file:
        yield lambda row: print(json.dumps(row, ensure_ascii=False, default=plain), file=file)


@contextmanager
def _xlsx(path: Path, columns: Mapping[str, str]) -> Iterator[Callable[[Row], None]]:
    import xlsxwriter

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = book.add_worksheet("cases")
        bold, moment = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, len(columns) - 1, 18)
        sheet.write_row(0, 0, columns.values(), bold)
        at = 0

        def write(row: Row) -> None:
            nonlocal at
            at += 1
            for column, name in enumerate(columns):
                value = row.get(name)
                if isinstance(value, datetime):
                    sheet.write_datetime(at, column, _local(value).replace(tzinfo=None), moment)
                elif value not in (None, ""):
                    sheet.write(at, column, _plain(value))

        yield write
        sheet.autofilter(0, 0, at, len(columns) - 1)


WRITERS: dict[str, Any] = {"csv": _csv, "jsonl": _jsonl, "xlsx": _xlsx}


def register(main: typer.Typer) -> None:
    """Add the group of commands."""
    main.add_typer(app, name="export")
