"""How a photo is served in every face: as a picture and nothing else, kept by no cache (MSG-9)."""

from django.http import HttpResponse

CSP = "default-src 'none'; sandbox; frame-ancestors 'none'"


def photo_answer(jpeg: bytes) -> HttpResponse:
    """`nosniff`, `no-store` and the rest stand on every answer; here what a picture of a stranger needs beside them."""
    return HttpResponse(
        jpeg,
        content_type="image/jpeg",
        headers={
            "Content-Security-Policy": CSP,
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
            "Content-Disposition": 'inline; filename="photo.jpg"',
            "Cross-Origin-Resource-Policy": "same-origin",
        },
    )
