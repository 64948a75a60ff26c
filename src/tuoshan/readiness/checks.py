"""What keeps this process from working, in both languages and with what to do; and the proof of the keys in use.

A database holds a small proof of each key under which something was written in it, and of the one that signs. One
from before there were proofs gets them from the first start that can read what is stored; by what was signed no key
is proved, so the proof of the signing key is that of the first start that writes one.
"""

import hashlib
import hmac
from collections.abc import Iterator

from django.apps import apps
from django.conf import settings
from django.db import Error, connection

from tuoshan import keys
from tuoshan.readiness.models import KeyProof
from tuoshan.secrets import EncryptedTextField, InvalidToken, decrypt, words_ref

NO_TABLES = (
    "数据库还没有表，或者不是这个版本的：请先运行 tuoshan migrate。 / "
    "The database has no tables yet, or not those of this version: run tuoshan migrate first."
)
UNREACHABLE = (
    "连不上数据库：请检查 TUOSHAN_DATABASE_URL，以及数据库是否在运行。 / "
    "The database cannot be reached: look at TUOSHAN_DATABASE_URL, and whether it runs."
)
_MEND = (
    "请换上这个数据库原来的密钥，每个节点都一样：环境变量 {variables}，或者 {folder} 里的 {files} 文件。"
    "确实找不回来的，用 tuoshan keys environment 生成新的，设好以后运行 tuoshan keys adopt。 / "
    "Put in the keys that belong to this database, the same on every node: the variables {variables}, or the files "
    "{files} in {folder}. If they are lost for good, tuoshan keys environment makes new ones; set them, then run "
    "tuoshan keys adopt."
)
_WRONG = {
    KeyProof.FIELDS: "读个人信息的密钥与数据库不符。 / The keys of personal data do not fit the database.",
    KeyProof.INDEX: "查找用的密钥（TUOSHAN_INDEX_KEY）与数据库不符。 / The index key does not fit the database.",
    KeyProof.SIGNING: (
        "签名密钥（TUOSHAN_SECRET_KEY）与数据库不符：发出的链接和登录会话，别的节点不认。 / The signing key "
        "(TUOSHAN_SECRET_KEY) does not fit the database: links and sessions of this node hold on no other."
    ),
}
_MEND_SIGNING = (
    "请换上这个数据库原来的签名密钥，每个节点都一样：环境变量 TUOSHAN_SECRET_KEY，或者 {folder} 里的 secret 文件。"
    "换新密钥时旧的要留在后面（tuoshan keys new signing）。旧的确实找不回来的，运行 tuoshan keys adopt："
    "以前发出的链接失效，大家要重新登录，数据不受影响。 / "
    "Put in the signing key that belongs to this database, the same on every node: the variable TUOSHAN_SECRET_KEY, or "
    "the file secret in {folder}. A new one stands before the old one (tuoshan keys new signing). If the old one is "
    "lost for good, run tuoshan keys adopt: links sent before hold no more and everybody signs in anew; no data is "
    "lost."
)
_MISSING = (
    "缺少密钥 {names}：设了其中一个变量，或者数据库里已有数据，就不再自动生成。 / "
    "There is no {names}: none is made once one of the variables is set or the database holds data."
)
_TOKEN = "tuoshan"  # noqa: S105 – what stands encrypted in a proof
SAMPLE = 20
"""So many of a table's oldest values are tried where there is no proof yet; most of them must be readable."""


def obstacle() -> str:
    """Why this process must not work on its database, in both languages; empty when it may. Writes nothing."""
    try:
        proofs = _proofs()
    except Error:
        return NO_TABLES if _is_reached() else UNREACHABLE
    if settings.MISSING_KEYS:
        needs_none = keys.READ_BY_COMMAND and not proofs and next(_oldest(), None) is None
        return "" if needs_none else _missing()
    wrong = _not_fitting(proofs) if proofs else _not_reading()
    return f"{_WRONG[wrong]}\n{_mend(wrong)}" if wrong else ""


def unfitting() -> str:
    """The kind of the key that does not fit the database; empty when all do. Raises django.db.Error."""
    proofs = _proofs()
    return _not_fitting(proofs) if proofs else _not_reading()


def keys_obstacle() -> str:
    """As `obstacle`, of the keys alone: tables may still be made, and a database may come back."""
    found = obstacle()
    if found in (NO_TABLES, UNREACHABLE):
        return _missing() if settings.MISSING_KEYS else ""
    return found


def prove() -> str:
    """Write the proof of the keys in use where it is missing; why this process must not work, as `obstacle`.

    Two nodes with keys of their own that begin at one moment on an empty database both see the other's proof.
    """
    found = obstacle()
    if found:
        return found
    from tuoshan.agenda.turnstile import write_transaction

    known = {(kind, mark) for kind, mark, _token in _proofs()}
    lacking = [one for one in _marks() if one not in known]
    if not lacking:
        return ""
    with write_transaction():
        if any(kind == KeyProof.SIGNING for kind, _mark in lacking):
            KeyProof.objects.filter(kind=KeyProof.SIGNING, mark__in=_signing_marks()).delete()
        KeyProof.objects.bulk_create(
            [KeyProof(kind=kind, mark=mark, token=_TOKEN if kind == KeyProof.FIELDS else "") for kind, mark in lacking],
            ignore_conflicts=True,
        )
    return obstacle()


def adopt() -> None:
    """Take the keys in use for those of the database from now on, whatever can be read with them."""
    from tuoshan.agenda.turnstile import write_transaction

    with write_transaction():
        KeyProof.objects.all().delete()
        KeyProof.objects.bulk_create(
            KeyProof(kind=kind, mark=mark, token=_TOKEN if kind == KeyProof.FIELDS else "") for kind, mark in _marks()
        )


def _missing() -> str:
    return f"{_MISSING.format(names=', '.join(settings.MISSING_KEYS))}\n{_mend()}"


def _mend(wrong: str = "") -> str:
    return (_MEND_SIGNING if wrong == KeyProof.SIGNING else _MEND).format(
        variables=", ".join(keys.FILES), files=", ".join(keys.FILES.values()), folder=settings.DATA_DIR / "keys"
    )


def _marks() -> list[tuple[str, str]]:
    """Of the field key that writes, of the index key, and of the key that signs."""
    return [
        (KeyProof.FIELDS, hashlib.sha256(b"tuoshan proof\0" + settings.FIELD_KEYS[0].encode()).hexdigest()),
        (KeyProof.INDEX, _index_mark()),
        (KeyProof.SIGNING, _signing_marks()[0]),
    ]


def _index_mark() -> str:
    return hmac.new(settings.INDEX_KEY.encode(), b"tuoshan proof", hashlib.sha256).hexdigest()


def _signing_marks() -> list[str]:
    """Of the key that signs, then of those whose signatures are still believed."""
    known = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [hmac.new(key.encode(), b"tuoshan proof of signing", hashlib.sha256).hexdigest() for key in known]


def _proofs() -> list[tuple[str, str, str]]:
    """Kind, mark and token as it is stored. Raises django.db.Error."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, mark, token FROM readiness_keyproof")
        return list(cursor.fetchall())


def _is_reached() -> bool:
    try:
        connection.close_if_unusable_or_obsolete()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True


def _not_fitting(proofs: list[tuple[str, str, str]]) -> str:
    """Which kind of key does not fit the proofs, of several the one that costs most; empty when all do."""
    wrong = {kind for kind, mark, token in proofs if not _fits(kind, mark, token)}
    return next((kind for kind in (KeyProof.FIELDS, KeyProof.INDEX, KeyProof.SIGNING) if kind in wrong), "")


def _fits(kind: str, mark: str, token: str) -> bool:
    if kind == KeyProof.FIELDS:
        return _reads(token)
    return mark == _index_mark() if kind == KeyProof.INDEX else mark in _signing_marks()


def _not_reading() -> str:
    """Which kind of key does not fit what a database without proofs holds; empty when both do, or nothing is held."""
    readable = [_reads(token) for token in _oldest()]
    if readable and 2 * sum(readable) <= len(readable):
        return KeyProof.FIELDS
    words = [(ref, text) for ref, text in _oldest_words() if _reads(text)]
    if words and not any(words_ref(decrypt(text)) == ref for ref, text in words):
        return KeyProof.INDEX
    return ""


def _reads(token: str) -> bool:
    try:
        decrypt(token)
    except InvalidToken:
        return False
    return True


def _oldest() -> Iterator[str]:
    """The oldest encrypted values of every table, as they are stored."""
    for model in apps.get_models():
        if model is KeyProof or not model._meta.managed or model._meta.proxy:
            continue
        key = ", ".join(connection.ops.quote_name(str(one.column)) for one in model._meta.pk_fields)
        for field in model._meta.concrete_fields:
            if isinstance(field, EncryptedTextField):
                yield from _first(model._meta.db_table, str(field.column), key)


def _first(table: str, column: str, key: str) -> Iterator[str]:
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {quote(column)} FROM (SELECT * FROM {quote(table)} ORDER BY {key} LIMIT {SAMPLE}) AS oldest "  # noqa: S608
            f"WHERE {quote(column)} <> ''"
        )
        yield from (row[0] for row in cursor.fetchall())


def _oldest_words() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ref, text FROM cases_words WHERE erased_at IS NULL AND text <> '' "
            "ORDER BY case_id, ref LIMIT %s",
            [SAMPLE],
        )
        return list(cursor.fetchall())


__all__ = ["NO_TABLES", "UNREACHABLE", "adopt", "keys_obstacle", "obstacle", "prove", "unfitting"]
