"""Signs that no database stores and nobody types: NUL and the other control signs but tabs and ends of lines.

They come from programs that try what happens, from broken links and from text pasted out of files. One guard for
every address, screen and program:

- In an address (path and query) or in a header that is used as a key they are refused with 400, in words: whatever
  was looked for does not exist, and nothing was done.
- In the fields of a form they are taken out and the rest is taken as it is: a customer's long account is worth more
  than a sign that nobody sees, and a refusal would cost what was typed. A field that is a key (of a draft, of one
  sending) is then the key without the sign, which opens nothing that its sender could not name as well.
- A cookie with one is left aside, as if it had not been sent: who has a broken one signs in again.

What files contain is not looked at here. JSON that a program sends is read by the API's own parser, which refuses them.
"""

import re
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

SIGNS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
KEY = "Idempotency-Key"
"""The header whose text is looked up and kept."""


class PlainSigns:
    """Stands before whatever looks something up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        for name in [name for name, value in request.COOKIES.items() if SIGNS.search(value)]:
            del request.COOKIES[name]
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Refuse an address or a key; mend a form. By now the language is known."""
        asked = [request.path, *(text for name, values in request.GET.lists() for text in (name, *values))]
        if any(SIGNS.search(text) for text in (*asked, request.headers.get(KEY, ""))):
            return refused(request)
        if request.method == "POST" and not of_a_program(request):
            mend(request)
        return None


def of_a_program(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def mend(request: HttpRequest) -> None:
    """The form without such signs, where it has any."""
    sent = request.POST
    if not any(SIGNS.search(text) for name, values in sent.lists() for text in (name, *values)):
        return
    mended = QueryDict(mutable=True, encoding=sent.encoding)
    for name, values in sent.lists():
        for value in values:
            mended.appendlist(SIGNS.sub("", name), SIGNS.sub("", value))
    mended._mutable = False
    request.POST = mended  # type: ignore[assignment]


def refused(request: HttpRequest) -> HttpResponse:
    """400 with what to do: as a problem for a program, as a line for a part of a page, else as a page."""
    said = _("地址里有无法识别的字符，什么都没有执行。请返回上一页重试，或从首页重新打开。")
    if of_a_program(request):
        from tuoshan.api import problems  # its models are loaded with the first request of a program

        title = _("地址或请求头里有无法识别的控制字符，请去掉后重试。")
        return problems.response(request, problems.Problem(400, "control_signs", title))
    if request.headers.get("HX-Request"):
        return HttpResponse(said, status=400, content_type="text/plain; charset=utf-8")
    return render(request, "400_signs.html", {"said": said}, status=400)
