"""Content security policy and lockout settings."""

from typing import Any

from csp.constants import NONE, SELF

#: No inline script or style anywhere; pictures may also come from the page itself (previews, icons of the styles).
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-src": [SELF],
        "frame-ancestors": [SELF],
    }
}

LOCKOUT_FAILURES = 5
LOCKOUT_MINUTES = 15
