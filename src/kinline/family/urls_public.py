from django.urls import URLPattern, URLResolver, path

from kinline.family.views import public

urlpatterns: list[URLPattern | URLResolver] = [
    path("", public.home, name="front"),
    path("facilities/", public.facility_list, name="facilities"),
    path("facilities/<slug:slug>/", public.facility, name="facility"),
    path("facilities/<slug:slug>/calls/", public.facility_calls, name="facility_calls"),
    path("prices/", public.prices, name="prices"),
    path("terms/", public.terms, name="terms"),
    path("privacy/", public.privacy, name="privacy"),
    path("accessibility/", public.accessibility, name="accessibility"),
    path("help/", public.help_page, name="help"),
    path("language/", public.language, name="language"),
    path("theme/<slug:slug>.css", public.theme, name="theme"),
    path("robots.txt", public.robots, name="robots"),
    path("favicon.ico", public.favicon, name="favicon"),
]
