from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("kinline.family.urls")),
    path("kiosk/", include("kinline.kiosk.urls")),
    path("staff/", include("kinline.staff.urls")),
    path("", include("kinline.api.urls")),
    path("api/v1/reports/", include("kinline.staff.api_urls")),
    path("", include("kinline.ops.health")),
    path("dev/mail/", include("kinline.ops.devmail")),
    path("dev/call/", include("kinline.ops.devcall")),
]

handler400 = "kinline.design.errors.bad_request"
handler403 = "kinline.design.errors.forbidden"
handler404 = "kinline.design.errors.not_found"
handler500 = "kinline.design.errors.server_error"
