from django.urls import URLPattern, URLResolver, path

from kinline.staff.views import agency, audit, counter, differences, door, file, home, money, numbers, payouts

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="staff"),
    path("login/", door.login, name="staff_login"),
    path("login/code/", door.code, name="staff_code"),
    path("login/setup/", door.setup, name="staff_setup"),
    path("login/setup/qr.svg", door.setup_qr, name="staff_setup_qr"),
    path("unlock/", door.unlock, name="staff_unlock"),
    path("confirm/", door.confirm, name="staff_confirm"),
    path("sign-out/", door.sign_out, name="staff_sign_out"),
    path("place/", door.place, name="staff_place"),
    path("language/", door.language, name="staff_language"),
    path("money/", money.overview, name="staff_money"),
    path("money/chart.svg", money.chart, name="staff_money_chart"),
    path("money/export/<str:day>.csv", money.export, name="staff_export"),
    path("money/deposit/", counter.take, name="staff_deposit"),
    path("money/deposit/record/", counter.record, name="staff_deposit_record"),
    path("money/receipts/<slug:number>/", counter.receipt, name="staff_receipt"),
    path("money/import/", file.take_in, name="staff_import"),
    path("money/payouts/", payouts.pay_outs, name="staff_payouts"),
    path("money/payouts.csv", payouts.pay_outs_file, name="staff_payouts_file"),
    path("money/payouts/<int:pay_out_id>/", payouts.pay_out, name="staff_payout"),
    path("money/unclaimed/", payouts.unclaimed, name="staff_unclaimed"),
    path("money/differences/", differences.differences, name="staff_differences"),
    path("money/differences/<int:difference_id>/", differences.difference, name="staff_difference"),
    path("money/agency/", agency.agency, name="staff_agency"),
    path("numbers/", numbers.numbers, name="staff_numbers"),
    path("audit/", audit.audit, name="staff_audit"),
    path("audit/export.csv", audit.export, name="staff_audit_file"),
]
