from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "kinline.ledger"
    default_auto_field = "django.db.models.BigAutoField"
