from django.urls import URLPattern, path

from kinline.staff.views import report_api

urlpatterns: list[URLPattern] = [
    path("", report_api.reports, name="api_reports"),
    path("<slug:name>/", report_api.report, name="api_report"),
]
