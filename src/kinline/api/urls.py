from django.urls import URLPattern, path

from kinline.api import calls, description, webhooks

urlpatterns: list[URLPattern] = [
    path("webhooks/stripe/", webhooks.stripe, name="webhook_stripe"),
    path("api/v1/openapi.json", description.openapi, name="api_openapi"),
    path("api/v1/calls/authorize", calls.authorize, name="api_call_authorize"),
    path("api/v1/calls/<uuid:call_id>/events", calls.events, name="api_call_events"),
    path("api/v1/switches/<slug:name>/heartbeat", calls.heartbeat, name="api_switch_heartbeat"),
    path("api/v1/switches/<slug:name>/spoken", calls.spoken, name="api_switch_spoken"),
    path("api/v1/switches/<slug:name>/boot", calls.boot, name="api_switch_boot"),
]
