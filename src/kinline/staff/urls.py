from django.urls import URLPattern, URLResolver, path

from kinline.staff import views

urlpatterns: list[URLPattern | URLResolver] = [path("", views.home, name="staff")]
