from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    name = "kinline.realtime"
    default_auto_field = "django.db.models.BigAutoField"
