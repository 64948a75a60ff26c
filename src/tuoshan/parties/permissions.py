"""The one permission table: which roles may open which screen or endpoint.

A name is a URL's name with the colon of its namespace written as a dot (``workbench:case`` →
``workbench.case``). Whether a person may see *this* case is reach (``parties.reach``); whether they may take
*this* step in it is holding (``parties.holding``); both are asked after this table has let them in.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

AGENT, CLERK, STORE, INVESTIGATOR = "agent", "store_clerk", "store_manager", "investigator"
SUPERVISOR, MANAGER, FINANCE, ADMIN, AUDITOR = "supervisor", "manager", "finance", "administrator", "auditor"

ANYBODY = frozenset({"*"})
"""Open without signing in; what can be seen there is bound to a signed link, or to number and phone."""
STAFF = frozenset({AGENT, CLERK, STORE, INVESTIGATOR, SUPERVISOR, MANAGER, FINANCE, ADMIN, AUDITOR})
WRITERS = STAFF - {FINANCE, AUDITOR}
FRONT = frozenset({AGENT, CLERK, STORE, SUPERVISOR, MANAGER, ADMIN})
LEADS = frozenset({SUPERVISOR, MANAGER, ADMIN})
OVERSIGHT = LEADS | {AUDITOR}
REPORT_READERS = LEADS | {STORE, FINANCE, AUDITOR}
ADMINS = frozenset({ADMIN})
INSPECTORS = ADMINS | {AUDITOR}
"""They look at what administrators alone may do."""
CONFIGURERS = frozenset({ADMIN, MANAGER})


def sees_findings(person: Any) -> bool:
    """Whether findings against a person, and the files kept to supervisors, are shown to this person of ours."""
    return not OVERSIGHT.isdisjoint(person.role_keys())


def _each(prefix: str, names: str, roles: frozenset[str]) -> dict[str, frozenset[str]]:
    return {f"{prefix}{name}": roles for name in names.split()}


CHANGING: dict[str, frozenset[str]] = {
    **_each(
        "workbench.settings_",
        "people person skills skill roles role org_units org_unit party_map party outgoing playbooks playbook_check",
        ADMINS,
    ),
    **_each(
        "workbench.settings_",
        "home changes categories category causes cause reasons reason calendars products product calendar recompute "
        "product_lines product_line shops shop tables table templates template replies reply",
        CONFIGURERS,
    ),
    **_each("workbench.", "import_upload import_mapping import_run import_errors absence leaver", LEADS),
    **_each("workbench.", "rule_book_change rule_table rule_table_csv rule_clause", CONFIGURERS),
}
"""Screens that auditors look at as well: who may change what stands on them, and send the forms there."""

PERMISSIONS: dict[str, frozenset[str]] = {
    **{name: roles | {AUDITOR} for name, roles in CHANGING.items()},
    # The site itself
    **_each("", "health set_language", ANYBODY),
    # Signing in, one's own account (parties)
    **_each("", "account_login account_logout account_inactive mfa_authenticate", ANYBODY),
    **_each("parties.", "password_forgotten password_reset first_administrator", ANYBODY),
    **_each("", "account_reauthenticate account_change_password", STAFF),
    **_each(
        "",
        "mfa_index mfa_reauthenticate mfa_activate_totp mfa_deactivate_totp mfa_view_recovery_codes "
        "mfa_generate_recovery_codes mfa_download_recovery_codes",
        STAFF,
    ),
    **_each("parties.", "profile preferences theme tokens token_make token_revoke", STAFF),
    # Workbench: reading
    **_each(
        "workbench.",
        "home queue queue_counts case presence search palette customers customer paper playbooks playbook_diagram "
        "notifications "
        "rulings ruling_trace ruling ruling_paper ruling_kept_paper ruling_kept_trace rule_books rule_book ",
        STAFF,
    ),
    **_each("workbench.", "reports report report_export", REPORT_READERS),
    **_each("workbench.", "board board_cases board_tomorrow board_approvals parked", OVERSIGHT),
    **_each("workbench.", "tasks lessons lesson follow_ups", STAFF),
    # Workbench: doing
    **_each(
        "workbench.",
        "act note call message watch bulk bulk_form bulk_run "
        "quick_replies mentions message_preview saved_filter my_absence absence_end lesson_progress "
        "follow_up ruling_keep ruling_override",
        WRITERS,
    ),
    **_each("workbench.", "notification_read", STAFF),
    **_each("workbench.", "register register_form register_duplicates register_order register_email", FRONT),
    **_each("workbench.", "register_products register_message registered slip merge unmerge", FRONT),
    **_each("workbench.", "customer_correct customer_join", FRONT),
    **_each("workbench.", "customer_erase", ADMINS),
    **_each("workbench.", "parked_retry parked_drop leave mailbox_retry mailbox_open", LEADS),
    **_each("workbench.", "lesson_make lesson_link lesson_check", LEADS),
    **_each("workbench.", "mailbox mailbox_message", OVERSIGHT),
    **_each("workbench.", "import_stop", LEADS),
    # Workbench: settings
    **_each(
        "workbench.settings_",
        "person_make person_link person_factor person_skill person_active skill_make org_unit_make outgoing_test "
        "migration_try migration_start migration_stop calendar_make calendar_remove",
        ADMINS,
    ),
    **_each("workbench.settings_", "migrations migration", INSPECTORS),
    **_each(
        "workbench.settings_",
        "category_make cause_make reason_make product_make product_line_make shop_make calendar_notice reply_make",
        CONFIGURERS,
    ),
    **_each(
        "workbench.",
        "rule_book_publish rule_book_drop rule_table_upload rule_clause_new rule_clause_drop rule_example_drop",
        CONFIGURERS,
    ),
    # The customer's side
    **_each(
        "portal.",
        "home submit submitted track link survey leave case act write rate",
        ANYBODY,
    ),
    # Files: open here, since customers and staff share them; `documents.access` decides on each file
    **_each("documents.", "serve thumbnail upload discard drafted", ANYBODY),
    # Programs; the scope that a token needs as well stands in SCOPES
    **_each("api.", "openapi-json api-root nowhere", ANYBODY),
    **_each(
        "api.",
        "me case_list queue_list case_read case_timeline case_clocks case_possible case_tasks case_afterwards "
        "evidence_list evidence_file case_search filter_list filter_cases task_list follow_up_list lesson_list "
        "lesson_read "
        "notification_list notification_read me_change token_list token_revoke customer_find customer_read "
        "customer_changes case_paper "
        "category_list playbook_list playbook_read product_find order_read "
        "book_list book_facts ruling_ask ruling_batch ruling_paper case_rulings case_ruling_paper "
        "case_ruling_trace",
        STAFF,
    ),
    **_each("api.", "case_register case_merge case_unmerge case_likely register_look register_email case_slip", FRONT),
    **_each(
        "api.",
        "case_batch case_act case_task case_ask case_hold case_release case_correct case_note case_call case_message "
        "evidence_add case_watch case_unwatch case_presence case_replies reply_used case_mentions case_preview "
        "case_follow_up filter_make filter_change filter_remove lesson_progress absence_list absence_make absence_end "
        "assignable_list case_rule case_override",
        WRITERS,
    ),
    **_each("api.", "case_step_back lesson_make lesson_link lesson_check parked_retry parked_drop mail_retry", LEADS),
    **_each("api.", "person_absence_make person_hand_on person_leave", LEADS),
    **_each("api.", "person_absences person_in_hand", OVERSIGHT),
    **_each("api.import_", "list read errors", OVERSIGHT),
    **_each("api.import_", "upload columns start stop", LEADS),
    **_each("api.", "order_put order_batch", LEADS),
    **_each("api.", "board_read board_cases board_tomorrow board_approvals parked_list mail_list mail_read", OVERSIGHT),
    **_each("api.", "people_list", OVERSIGHT),
    **_each("api.", "report_list report_read report_file cases_file", REPORT_READERS),
    **_each("api.", "customer_change customer_join", FRONT),
    **_each("api.", "customer_erase", ADMINS),
    # Programs: settings
    **_each(
        "api.",
        "person_make person_change person_link person_factor person_skill person_active skill_make skill_change "
        "role_change unit_make unit_change party_add party_remove playbook_check playbook_use playbook_back "
        "company_change gateway_change outgoing_test migration_try migration_start migration_stop "
        "calendar_make calendar_remove",
        ADMINS,
    ),
    **_each(
        "api.",
        "person_list person_read skill_list skill_read role_list role_read unit_list unit_read party_list party_read "
        "playbook_files playbook_file outgoing_read migration_way migration_read migration_stayed",
        INSPECTORS,
    ),
    **_each(
        "api.",
        "settings_changes category_all category_read cause_list cause_read product_list product_read reason_list "
        "product_line_list product_line_read shop_list shop_read "
        "reason_read calendar_list calendar_read clocks_read table_list table_read template_list template_read "
        "reply_list reply_read book_draft book_table book_effect",
        CONFIGURERS | {AUDITOR},
    ),
    **_each(
        "api.",
        "category_make category_change cause_make cause_change product_make product_change reason_make reason_change "
        "product_line_make product_line_change shop_make shop_change "
        "calendar_change calendar_notice clocks_recompute table_change table_back template_change "
        "reply_make reply_change reply_remove book_change book_publish book_drop "
        "book_table_change book_clause_change book_clause_drop",
        CONFIGURERS,
    ),
}

SCOPES: dict[str, str] = {
    **dict.fromkeys(
        _each(
            "api.",
            "case_register case_batch case_act case_task case_ask case_hold case_release case_correct case_step_back "
            "customer_change customer_join "
            "case_note case_call case_message case_watch case_unwatch case_merge case_unmerge evidence_add "
            "case_presence reply_used case_follow_up filter_make filter_change filter_remove lesson_make lesson_link "
            "lesson_progress lesson_check notification_read me_change token_revoke absence_make absence_end "
            "person_absence_make person_hand_on parked_retry parked_drop mail_retry import_upload import_columns "
            "import_start import_stop case_rule case_override order_put order_batch",
            STAFF,
        ),
        "write",
    ),
    **dict.fromkeys(
        _each(
            "api.",
            "customer_erase person_leave person_make person_change person_link person_factor person_skill "
            "person_active role_change unit_make unit_change party_add party_remove playbook_check playbook_use "
            "playbook_back migration_try migration_start migration_stop company_change gateway_change outgoing_test "
            "category_make category_change cause_make "
            "cause_change reason_make reason_change product_make product_change skill_make skill_change "
            "product_line_make product_line_change shop_make shop_change "
            "calendar_make calendar_remove calendar_change calendar_notice clocks_recompute table_change "
            "table_back "
            "template_change reply_make reply_change reply_remove book_change book_publish book_drop "
            "book_table_change book_clause_change book_clause_drop",
            STAFF,
        ),
        "admin",
    ),
}
"""What a token must be allowed for these; every other endpoint needs ``read``."""

LOOKING = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""
_INCLUDES = {"read": {"read"}, "write": {"read", "write"}, "admin": {"read", "write", "admin"}}

Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")


class NotPermitted(PermissionDenied):
    """Signed in, but no role of theirs may do this; ``name`` is the table's entry."""

    def __init__(self, name: str) -> None:
        super().__init__(_("您的角色不能使用这项功能。"))
        self.name = name


class NotSignedIn(PermissionDenied):
    """Nobody is signed in; an API answers 401, a screen leads to the sign-in page."""


class ScopeMissing(PermissionDenied):
    """The token's scopes do not cover this; ``scope`` is what it would need."""

    def __init__(self, scope: str) -> None:
        super().__init__(_("令牌缺少权限范围：%(scope)s。") % {"scope": scope})
        self.scope = scope


def entry(name: str) -> frozenset[str]:
    """Return the roles of an entry. Raises ImproperlyConfigured for a name that is not in the table."""
    try:
        return PERMISSIONS[name]
    except KeyError:
        raise ImproperlyConfigured(f"{name!r} is not in the permission table (parties/permissions.py).") from None


def name_of(url_name: str) -> str:
    """Return the table's name for a URL's name, namespace included."""
    return url_name.replace(":", ".")


def scope_of(name: str) -> str:
    """Return the scope that a token needs for an API entry."""
    return SCOPES.get(name, "read")


def allowed(user: Any, name: str) -> bool:
    """Whether this user (a Person or anonymous) may open what the name stands for; also for templates."""
    roles = entry(name)
    if roles is ANYBODY:
        return True
    return bool(user.is_authenticated and user.is_active and not roles.isdisjoint(user.role_keys()))


def may_change(user: Any, name: str) -> bool:
    """Whether this user may send the forms of a screen that more roles look at; of any other, whether they get in."""
    roles = CHANGING.get(name)
    return allowed(user, name) and (roles is None or not roles.isdisjoint(user.role_keys()))


def check(user: Any, name: str, *, scopes: list[str] | None = None) -> None:
    """Raise NotSignedIn, NotPermitted or ScopeMissing unless the user may; ``scopes`` are a token's."""
    if entry(name) is ANYBODY:
        return
    if not user.is_authenticated or not user.is_active:
        raise NotSignedIn
    if not allowed(user, name):
        raise NotPermitted(name)
    needed = scope_of(name)
    if scopes is not None and not any(needed in _INCLUDES.get(scope, ()) for scope in scopes):
        raise ScopeMissing(needed)


def permitted(
    name: str,
) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Guard a Django view: to the sign-in page when nobody is signed in (and back), 403 without the role, and 403 for
    who may only look but sends a form.

    A name without an entry fails when the module is loaded, so no unlisted view can be served.
    """
    entry(name)

    def guard(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                check(request.user, name)
            except NotSignedIn:
                return redirect_to_login(request.get_full_path())
            if request.method not in LOOKING and not may_change(request.user, name):
                raise NotPermitted(name)
            return view(request, *args, **kwargs)

        guarded.permission = name  # type: ignore[attr-defined]
        return guarded

    return guard


def api_permitted(
    name: str,
) -> Callable[[Callable[Parameters, Answer]], Callable[Parameters, Answer]]:
    """Guard an API operation, whose first argument is ``request``; raises what ``check`` raises.

    ``request.auth`` is the ApiToken when a token was used; its scopes are then asked for too.
    """
    entry(name)

    def guard(operation: Callable[Parameters, Answer]) -> Callable[Parameters, Answer]:
        @wraps(operation)
        def guarded(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Answer:
            request: Any = args[0] if args else kwargs["request"]
            check(request.user, name, scopes=getattr(getattr(request, "auth", None), "scopes", None))
            return operation(*args, **kwargs)

        guarded.permission = name  # type: ignore[attr-defined]
        return guarded

    return guard
