"""Files as HTTP answers: never executable, never guessed at by the browser, in parts where asked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header, parse_etags

CHUNK = 256 * 1024
LONGEST_PART = 4 * 1024 * 1024
"""Bytes answered to one open-ended range: a slow viewer of a long video holds a server thread only briefly."""

INLINE_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif", "application/pdf"})

_SEALED = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
# Chromium refuses to start its PDF viewer in a sandboxed page; a PDF runs in the viewer's own process and origin.
POLICY = f"{_SEALED}; sandbox"
PDF_POLICY = f"{_SEALED}; object-src 'self'"

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def file_response(
    request: HttpRequest,
    path: Path,
    *,
    content_type: str,
    name: str,
    tag: str,
    attachment: bool,
    keep_seconds: int = 0,
) -> HttpResponseBase:
    """The file, or the part that a Range header asks for (one range; several are answered whole).

    `tag` names the content; an unchanged one is answered 304. Raises FileNotFoundError when there is no such file.
    """
    size = path.stat().st_size
    etag = f'"{tag}"'
    inline = content_type in INLINE_TYPES and not attachment
    response: HttpResponseBase
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        response = HttpResponse(status=304)
    else:
        response = _body(request, path, size, etag)
        response["Content-Type"] = f"{content_type}; charset=utf-8" if content_type == "text/plain" else content_type
        response["Content-Disposition"] = content_disposition_header(not inline, name) or "attachment"
        response["Accept-Ranges"] = "bytes"
    response["ETag"] = etag
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = PDF_POLICY if content_type == "application/pdf" else POLICY
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Referrer-Policy"] = "no-referrer"
    if keep_seconds:
        patch_cache_control(response, private=True, max_age=keep_seconds)
    else:
        patch_cache_control(response, private=True, no_cache=True)
    return response


def _body(request: HttpRequest, path: Path, size: int, etag: str) -> HttpResponseBase:
    wanted = _RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    if wanted is None or request.headers.get("If-Range", etag) != etag or not any(wanted.groups()):
        if request.method == "HEAD":
            head = HttpResponse()
            head["Content-Length"] = str(size)
            return head
        return FileResponse(path.open("rb"))
    first, last = wanted.groups()
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last), size - 1) if first and last else size - 1
    if start >= size or start > end:
        refused = HttpResponse(status=416)
        refused["Content-Range"] = f"bytes */{size}"
        return refused
    if not last:
        end = min(end, start + LONGEST_PART - 1)
    part: HttpResponseBase
    if request.method == "HEAD":
        part = HttpResponse(status=206)
    else:
        part = StreamingHttpResponse(_slice(path, start, end + 1), status=206)
    part["Content-Range"] = f"bytes {start}-{end}/{size}"
    part["Content-Length"] = str(end - start + 1)
    return part


def _slice(path: Path, start: int, end: int) -> Iterator[bytes]:
    with path.open("rb") as stream:
        stream.seek(start)
        left = end - start
        while left > 0 and (piece := stream.read(min(CHUNK, left))):
            left -= len(piece)
            yield piece
