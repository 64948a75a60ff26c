"""Which language a request is answered in."""

from django.conf import settings
from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django.utils import translation


class Language(LocaleMiddleware):
    """Screens: the language chosen (cookie), else the company's. API: the caller's Accept-Language.

    A browser's own language does not decide on screens: a Chinese team on English-language machines
    would see the desk in English.
    """

    def process_request(self, request: HttpRequest) -> None:
        """Activate the language and note it on the request."""
        language: str = settings.LANGUAGE_CODE
        if request.path.startswith("/api/"):
            language = translation.get_language_from_request(request)
        else:
            chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
            if chosen in dict(settings.LANGUAGES):
                language = chosen
        translation.activate(language)
        request.LANGUAGE_CODE = language
