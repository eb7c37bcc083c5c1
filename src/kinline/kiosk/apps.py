from django.apps import AppConfig


class KioskConfig(AppConfig):
    name = "kinline.kiosk"
    default_auto_field = "django.db.models.BigAutoField"
