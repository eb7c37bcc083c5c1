from django.apps import AppConfig


class FamilyConfig(AppConfig):
    name = "kinline.family"
    default_auto_field = "django.db.models.BigAutoField"
