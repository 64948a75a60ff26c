"""`tuoshan keys`: new keys for what is encrypted and signed, and the way from the old ones to them."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from tuoshan import keys

app = typer.Typer(
    no_args_is_help=True,
    help="密钥 / Keys of personal data and signatures: list, new, environment, rotate, retire.",
)
Kind = Literal["fields", "signing"]
_FILES = {"fields": "fields", "signing": "secret"}
_VARIABLES = {"signing": "TUOSHAN_SECRET_KEY", "fields": "TUOSHAN_FIELD_KEYS"}
_LOST = (
    "原来的密钥找不回来了？用它们写的个人信息不再能读，也不再能按电话找到。 / "
    "Are the right keys lost for good? What was written under them can neither be read nor found any more."
)
_SIGNING_LOST = (
    "原来的签名密钥找不回来了？以前发出的链接失效，大家要重新登录。 / "
    "Is the right signing key lost for good? Links sent before hold no more, and everybody signs in anew."
)
_MAKE = {"signing": keys.new_signing_key, "fields": keys.new_field_key}


def _ready(*, only_looks: bool = False) -> Any:
    """The settings. Keys that do not fit end every command but those that help to find the right ones."""
    if only_looks:
        keys.only_read()
    import django

    django.setup()
    from tuoshan.readiness import checks

    wrong = "" if only_looks else checks.keys_obstacle()
    if wrong:
        typer.echo(wrong, err=True)
        raise typer.Exit(1)
    from django.conf import settings

    return settings


def _from_outside(kind: Kind) -> bool:
    """Whether these keys come from the environment and not from a file."""
    from tuoshan.settings import CONFIG

    return bool(CONFIG.field_keys if kind == "fields" else CONFIG.secret_key.get_secret_value())


def _file(kind: Kind) -> Path:
    return Path(_ready().DATA_DIR) / "keys" / _FILES[kind]


@app.command("list")
def show() -> None:
    """How many values stand under which key, newest first. Reads everything that is encrypted."""
    settings = _ready(only_looks=True)
    from tuoshan.cli import rekeying
    from tuoshan.cli.backup import key_print, shown_progress

    with shown_progress() as progress:
        tally = rekeying.count(progress)
    for number, key in enumerate(settings.FIELD_KEYS):
        typer.echo(f"{key_print('fields', key)}  {tally.by_key[number]:>10} values{'  newest' if number == 0 else ''}")
    if tally.unreadable:
        typer.echo(f"{tally.unreadable} values cannot be read by any of these keys", err=True)
        raise typer.Exit(1)


@app.command()
def new(
    kind: Annotated[Kind, typer.Argument(help="fields: personal data and words; signing: links, sessions.")],
) -> None:
    """Put a new key before the old ones. Restart web and workers then; after that `tuoshan keys rotate`."""
    settings = _ready()

    made = _MAKE[kind]()
    if _from_outside(kind):
        typer.echo(f"{_VARIABLES[kind]} is set outside. Put this key into it on every node, with a comma between:")
        typer.echo(made)
        if kind == "fields":
            typer.echo("First behind the old ones, restart all nodes; then before them, restart; then: keys rotate")
        return
    known = settings.FIELD_KEYS if kind == "fields" else [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    keys.put(_file(kind), [made, *known])
    typer.echo(f"A new key stands in {_file(kind)}. Restart web and workers now.")
    if kind == "fields":
        typer.echo("Then: tuoshan keys rotate, and tuoshan keys retire fields. Keep a copy of the keys.")


@app.command()
def adopt(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Take the keys that are here for the database's own, when the right ones are lost for good."""
    settings = _ready(only_looks=True)
    from tuoshan.readiness import checks

    if settings.MISSING_KEYS:
        typer.echo(checks.obstacle(), err=True)
        raise typer.Exit(1)
    if not yes:
        typer.confirm(_SIGNING_LOST if checks.unfitting() == "signing" else _LOST, abort=True)
    checks.adopt()
    typer.echo("从现在起使用这里的密钥，请重启所有网页和后台进程。 / These are the keys now; restart web and workers.")


@app.command()
def environment() -> None:
    """Three new keys as lines for the environment of a new company's nodes. Printed, and stored nowhere."""
    made = {_VARIABLES[kind]: make() for kind, make in _MAKE.items()} | {"TUOSHAN_INDEX_KEY": keys.new_index_key()}
    for variable, key in made.items():
        typer.echo(f"{variable}={key}")
    typer.echo(
        "这三个密钥没有存到任何地方：每台机器设成一样，另外保存一份；丢了就读不出个人信息。"
        "已有数据的系统请继续用原来的密钥。\n"
        "Stored nowhere: set them alike on every node and keep a copy apart; without them personal data cannot be "
        "read. A system that holds data already goes on with the keys that it has.",
        err=True,
    )


@app.command()
def rotate(
    batch: Annotated[int, typer.Option(help="Rows read at a time and written in one transaction.", min=1)] = 500,
) -> None:
    """Write everything that is encrypted under the newest key, while people work. May be stopped and begun again."""
    settings = _ready()
    from tuoshan.cli import rekeying
    from tuoshan.cli.backup import shown_progress
    from tuoshan.readiness import checks

    if len(settings.FIELD_KEYS) < 2:
        typer.echo("There is one key only; make another first: tuoshan keys new fields", err=True)
        raise typer.Exit(1)
    _refuse_before_restart()
    checks.prove()
    with shown_progress() as progress:
        tally = rekeying.rewrite(progress, batch=batch)
    typer.echo(f"{tally.written} values written under the newest key, {tally.by_key[0]} stood under it already")
    if tally.unreadable:
        typer.echo(f"{tally.unreadable} values cannot be read by any of these keys and stay as they are", err=True)
        raise typer.Exit(1)


def _refuse_before_restart() -> None:
    """Who started before the key was made cannot read what is written under it."""
    from tuoshan import clock
    from tuoshan.agenda.worker import living

    if _from_outside("fields"):
        return
    made = datetime.fromtimestamp(_file("fields").stat().st_mtime, UTC)
    old = [one.name for one in living(clock.now()) if one.started_at < made]
    if old:
        typer.echo(f"Restart web and workers first: {', '.join(old)} started before the key was made.", err=True)
        raise typer.Exit(1)


@app.command()
def retire(kind: Annotated[Kind, typer.Argument(help="fields or signing.")]) -> None:
    """Take the old keys away. Refused while anything stands under them; earlier backups still need them."""
    settings = _ready()
    from tuoshan.cli import rekeying
    from tuoshan.cli.backup import shown_progress
    from tuoshan.readiness import checks

    known = settings.FIELD_KEYS if kind == "fields" else [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if len(known) < 2:
        typer.echo("There is one key only; nothing to retire.")
        return
    if kind == "fields":
        with shown_progress() as progress:
            tally = rekeying.count(progress)
        if tally.unreadable or set(tally.by_key) - {0}:
            typer.echo("Some values still stand under an old key, or no key reads them: tuoshan keys list", err=True)
            raise typer.Exit(1)
    else:
        checks.prove()  # the newest is the database's own from now on, whoever has only the old one starts no more
    if _from_outside(kind):
        typer.echo(f"Nothing needs the old keys any more: leave only the first in {_VARIABLES[kind]} on every node.")
        return
    path = _file(kind)
    aside = path.with_name(f"{path.name}.retired")
    before = aside.read_text(encoding="ascii").split() if aside.is_file() else []
    keys.put(aside, [*known[1:], *before])
    keys.put(path, known[:1])
    typer.echo(f"Retired keys lie in {aside}: keep them with the backups made before, and delete them with those.")


def register(main: typer.Typer) -> None:
    """Add the commands."""
    main.add_typer(app, name="keys")
