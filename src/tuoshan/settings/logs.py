"""Structured logs on standard error: JSON for machines, coloured lines at a terminal; personal data masked."""

import logging
import re
import sys
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

_PHONE = re.compile(r"(?<![\dA-Za-z])(\+?86[- ]?)?(1\d{2})[- ]?(\d{4})[- ]?(\d{4})(?![\dA-Za-z])")
_EMAIL = re.compile(r"\b([\w.+-])[\w.+-]*@([\w-]+\.[\w.-]+)")

REQUESTS = "tuoshan.requests"
"""The logger that has one line a request."""


def mask(text: str) -> str:
    """Hide mainland mobile numbers but for their last four digits, and mail addresses but for their first letter."""
    return _EMAIL.sub(r"\1***@\2", _PHONE.sub(r"\2****\4", text))


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict):
        return {key: _masked(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(item) for item in value]
    return value


def mask_personal_data(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Structlog processor: mask every text of a log record, tracebacks included."""
    return {key: _masked(value) for key, value in event.items()}


def logging_settings(style: str, level: str, request_log: str = "") -> dict[str, Any]:
    """The `LOGGING` dictionary; `style` is auto, json or console. Also configures structlog's own loggers.

    With `request_log`, a path, the lines of requests go to that file; what warns of something is shown as well.
    """
    console = style == "console" or (style == "auto" and sys.stderr.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        structlog.processors.UnicodeDecoder(),
        mask_personal_data,
    ]
    structlog.configure(
        processors=[*shared[:3], structlog.stdlib.PositionalArgumentsFormatter(), *shared[4:],
                    structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
        if console
        else structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
    )
    settings: dict[str, Any] = {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django.server": {"handlers": ["stderr"], "level": level, "propagate": False},
            "django.request": {"level": logging.ERROR},
            "httpx": {"level": logging.WARNING},
            "axes": {"level": logging.WARNING},
        },
    }
    if request_log:
        settings["formatters"]["lines"] = {
            **settings["formatters"]["structured"],
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.dev.ConsoleRenderer(colors=False) if console else renderer,
            ],
        }
        settings["handlers"]["requests"] = {
            "class": "logging.handlers.WatchedFileHandler", "filename": request_log, "formatter": "lines",
            "delay": True, "encoding": "utf-8",
        }  # fmt: skip
        settings["handlers"]["warnings"] = {**settings["handlers"]["stderr"], "level": "WARNING"}
        settings["loggers"][REQUESTS] = {"handlers": ["requests", "warnings"], "level": level, "propagate": False}
    return settings
