"""`tuoshan policy`: the rule books in force here, their facts, and rulings; without a database those of the product."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from tuoshan.cli import policy_books
from tuoshan.cli.policy_books import Books
from tuoshan.cli.policy_facts import fact_data, form, kind_words
from tuoshan.core import yaml_strict
from tuoshan.core.playbook import Wording
from tuoshan.core.policy.as_data import as_data
from tuoshan.core.policy.engine.narrowing import narrowed
from tuoshan.core.policy.given import facts_of, read_given
from tuoshan.core.policy.pack import LAYER_TITLES, InForce, Pack
from tuoshan.core.policy.ruling import concerned, rule_all, rule_by_book
from tuoshan.core.policy.statements import Ruling
from tuoshan.core.policy.words.differences_told import differing
from tuoshan.core.policy.words.wording import ignored, lines, verdict
from tuoshan.rulings import documenting, files
from tuoshan.rulings.expressions_in_words import condition_words

app = typer.Typer(no_args_is_help=True, help="规则包 / Rule books: list, facts, rule, check, diff.")
English = Annotated[bool, typer.Option("--en/--zh", help="English or Chinese.")]
ALL = "all"
DOES_NOT_APPLY = Wording(
    "这本规则包不管这件事，它只适用于：{}", "This book does not speak in this matter; it is for: {}"
)
ALSO = Wording(
    "这件事还适用：{}；它们可能优先。请用 tuoshan policy rule all 一并裁定。",
    "These speak in this matter too: {}; they may count first. Ask all with: tuoshan policy rule all",
)
SEVERITIES = {"error": Wording("错误：", "error: "), "warning": Wording("提示：", "warning: ")}
IN_ORDER = Wording("{}：{} 张表，{} 个例子，没有错误", "{}: {} tables, {} examples, in order")
NOT_FINAL = Wording(
    "还有 {} 个问题没有回答，答案可能改变结论：", "Not final: {} open questions may change this:"
)


@app.command(name="list")
def list_(books: Books = "", en: English = False) -> None:
    """The rule books in force here, highest layer first. `tuoshan policy rule all` asks all that apply."""
    language = _language(en)
    for pack in policy_books.books(books):
        layer, title = LAYER_TITLES[pack.layer].in_language(language), pack.title.in_language(language)
        typer.echo(f"{pack.name:<20} {pack.version}  {layer}  {title}  {len(pack.clauses)} clauses")
        if pack.in_force is not None:
            typer.echo(f"{'':<20}    {_dates(pack.in_force, en=en)}")
        if pack.applies is not None:
            typer.echo(f"{'':<20}    {'for' if en else '适用于'} {condition_words(pack, pack.applies, language)}")


@app.command()
def facts(
    pack: Annotated[str, typer.Argument(help="Name of a pack, or `all`.")],
    books: Books = "",
    en: English = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Every fact that a pack may ask for: name, kind, what it may be, and the question. A form to be filled in."""
    packs, language = _chosen(pack, policy_books.books(books)), _language(en)
    known = facts_of(packs)
    if as_json:
        typer.echo(json.dumps({name: fact_data(fact) for name, fact in known.items()}, ensure_ascii=False, indent=1))
        return
    for line in form(pack, known, packs, language):
        typer.echo(line)


@app.command()
def rule(
    pack: Annotated[
        str, typer.Argument(help="Name of a pack, or name@version, or `all`: every book that applies, put together.")
    ],
    facts: Annotated[Path, typer.Option("--facts", help="YAML or JSON: name → value.")],
    on: Annotated[str, typer.Option("--on", help="The day of asking, 2026-05-20.")],
    as_json: Annotated[bool, typer.Option("--json", help="The whole ruling with its trace.")] = False,
    books: Books = "",
    en: English = False,
) -> None:
    """Rule on the facts of a file. Ends with 2 when a fact cannot be taken, with 3 while open questions may change it.

    By one book alone it is said whether that book speaks in this matter, and which others do: the law may count first.
    """
    language, known, day = _language(en), policy_books.books(books), _day(on)
    packs = _chosen(pack, known)
    given, problems = read_given({**facts_of(known), **facts_of(packs)}, _facts_file(facts, language), day)
    for problem in problems:
        typer.echo(f"{problem.fact}: {problem.message.in_language(language)}", err=True)
    if problems:
        raise typer.Exit(2)

    def rule_on(facts: Mapping[str, object]) -> Ruling:
        return rule_all(packs, facts, day) if pack == ALL else rule_by_book(packs, facts, day)

    ruling = narrowed(rule_on(given), rule_on)
    speaking = concerned(known, given, day) if pack != ALL else {}
    also = [name for name, speaks in speaking.items() if speaks and name != packs[0].name]
    if as_json:
        found = as_data(ruling, with_trace=True)
        found |= {"applies": speaking[packs[0].name], "also": also} if pack != ALL else {}
        typer.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        if pack != ALL and speaking[packs[0].name] is False and packs[0].applies is not None:
            typer.echo("! " + DOES_NOT_APPLY.in_language(language).format(packs[0].applies.text))
        for line in _told(ruling, language):
            typer.echo(line)
        if also:
            typer.echo("! " + ALSO.in_language(language).format(", ".join(also)))
    raise typer.Exit(3 if ruling.questions else 0)


@app.command()
def check(
    folder: Annotated[
        str, typer.Argument(help="A folder of packs, or `shipped`; none: those shipped and those published here.")
    ] = "",
    en: English = False,
) -> None:
    """Prove every pack: gaps, overlaps, dead rows, names, clauses, examples; what may not be meant is a warning. Ends
    with 1 when one may not load."""
    texts, language = policy_books.checked(folder), _language(en)
    for one in texts:
        for finding in one.findings:
            where = "" if one.name == finding.file else f"{one.name}: "
            typer.echo(f"{SEVERITIES[finding.severity].in_language(language)}{where}{one.told(finding, language)}")
    for one in texts:
        if one.pack is not None:
            many = len(one.pack.tables), len(one.pack.examples)
            typer.echo(IN_ORDER.in_language(language).format(one.name, *many))
    wrong = any(finding.severity == "error" for one in texts for finding in one.findings)
    raise typer.Exit(1 if wrong else 0)


@app.command()
def document(en: English = True) -> None:
    """Every rule book of the product as a page to read: clauses, how it is reckoned, what is asked, tables, what is
    provisional (docs/rule-books.md; --zh for docs/rule-books.zh-CN.md).
    """
    typer.echo(documenting.document(files.packaged(), _language(en)), nl=False)


# -- reading ---------------------------------------------------------------------------------------------------


def _language(en: bool) -> str:
    return "en" if en else "zh-hans"


def _chosen(name: str, packs: tuple[Pack, ...]) -> tuple[Pack, ...]:
    """All of them, the versions of one, or one version."""
    found = packs if name == ALL else tuple(pack for pack in packs if name in (pack.name, pack.key))
    if not found:
        raise typer.BadParameter(f"there is no rule book '{name}'; see tuoshan policy list")
    return found


def _dates(in_force: InForce, *, en: bool) -> str:
    """Which fact's date chooses the version, and between which days."""
    begins, until = (day.isoformat() if day else "" for day in (in_force.begins, in_force.until))
    return f"{in_force.by}: {begins} → {until}" if begins or until else f"{'by' if en else '按'} {in_force.by}"


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"'{text}' is no date; write it like 2026-05-20") from None


MEANT: Mapping[str, object] = {"true": True, "false": False, "null": None, "~": None, "": None}
"""What plain words of YAML and JSON mean; all else is read as the fact wants it."""


def _facts_file(path: Path, language: str) -> dict[str, object]:
    """Facts as somebody wrote them, each as text, so that whatever is wrong with one is said of that fact."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{path.name} cannot be read: {error}") from None
    try:
        root, troubles = yaml_strict.compose(text, path.name)
    except RecursionError:
        raise typer.BadParameter(f"{path.name} is nested too deeply to be facts") from None
    for one in troubles:
        told = f"{one.message.in_language(language)}; {one.mend.in_language(language)}"
        typer.echo(f"{one.file}:{one.line}: {told}", err=True)
    if troubles:
        raise typer.Exit(2)
    if not isinstance(root, yaml_strict.Mapping):
        raise typer.BadParameter(f"{path.name} holds no facts; write them as name: value")
    return {entry.key.text: _written(entry.value) for entry in root}


def _written(node: yaml_strict.Node) -> object:
    match node:
        case yaml_strict.Scalar(text):
            return MEANT.get(text.lower(), text) if node.plain else text
        case yaml_strict.Sequence(items):
            return [_written(item) for item in items]
        case yaml_strict.Mapping():
            return {entry.key.text: _written(entry.value) for entry in node}


def _told(ruling: Ruling, language: str) -> list[str]:
    """A ruling as lines of text."""
    found = [verdict(ruling).in_language(language)]
    signs = {"due": "✓", "needed": "+", "refused": "✗", "asked": "?", "cost": "¥", "said": "·"}
    for line in lines(ruling):
        cited = f"  [{', '.join(line.clauses)}]" if line.clauses else ""
        found.append(f"{signs[line.sign]} {line.words.in_language(language)}{cited}")
        if line.counted is not None:
            found.append(f"  {line.counted.in_language(language)}")
    found += [f"≠ {one.in_language(language)}" for one in differing(ruling)]
    found += [f"~ {why.in_language(language)}" for why in ruling.provisional]
    found += [f"! {one.in_language(language)}" for one in ignored(ruling).values()]
    known = facts_of(ruling.packs) | {name: fact for read in ruling.reads for name, fact in read.pack.facts.items()}
    named = {name: pack.clauses[name].told for pack, name in ruling.clauses if name in pack.clauses}
    found += [f"[{name}] {text.in_language(language)}" for name, text in named.items()]
    if ruling.questions:
        found.append(NOT_FINAL.in_language(language).format(len(ruling.questions)))
    for one in ruling.questions:
        fact = known[one.fact]
        found.append(f"? {one.fact}: {fact.ask.in_language(language)}  [{kind_words(fact, known, language)}]")
    found += [
        f"+? {one.fact}: {known[one.fact].ask.in_language(language)}  [{kind_words(known[one.fact], known, language)}]"
        for one in ruling.optional
    ]
    return found


def register(parent: typer.Typer) -> None:
    parent.add_typer(app, name="policy")
