from django.urls import URLPattern, URLResolver, path

from kinline.family.views import statements

urlpatterns: list[URLPattern | URLResolver] = [
    path("credits/history/", statements.history, name="credits_history"),
    path("credits/given/", statements.given, name="credits_given"),
    path("credits/statements/", statements.months, name="credits_statements"),
    path("credits/statements/<str:month>/", statements.month, name="credits_statement"),
    path("credits/statements/<str:month>.pdf", statements.month_pdf, name="credits_statement_pdf"),
    path("credits/statements/<str:month>.csv", statements.month_csv, name="credits_statement_csv"),
    path("credits/receipts/<slug:number>/", statements.receipt, name="receipt"),
    path("credits/receipts/<slug:number>.pdf", statements.receipt_pdf, name="receipt_pdf"),
]
