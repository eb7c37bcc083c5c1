from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("kinline.family.urls_public")),
    path("", include("kinline.family.urls_account")),
    path("", include("kinline.family.urls_statements")),
    path("", include("kinline.family.urls_mail")),
]
