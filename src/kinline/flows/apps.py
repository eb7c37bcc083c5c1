from django.apps import AppConfig


class FlowsConfig(AppConfig):
    name = "kinline.flows"
    default_auto_field = "django.db.models.BigAutoField"
