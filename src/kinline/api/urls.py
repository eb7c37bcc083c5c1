from django.urls import URLPattern, path

from kinline.api import webhooks

urlpatterns: list[URLPattern] = [
    path("webhooks/stripe/", webhooks.stripe, name="webhook_stripe"),
]
