from django.urls import URLPattern, URLResolver, path

from kinline.family.views.account import activation, login, own, recovery, safety, signup

urlpatterns: list[URLPattern | URLResolver] = [
    path("signup/", signup.signup, name="signup"),
    path("activate/", activation.activate, name="activate"),
    path("activate/resend/", activation.activate_resend, name="activate_resend"),
    path("activate/<str:token>/", activation.activate_link, name="activate_link"),
    path("login/", login.login, name="login"),
    path("login/help/", login.login_help, name="login_help"),
    path("logout/", login.logout, name="logout"),
    path("password/reset/", recovery.password_reset, name="password_reset"),
    path("password/reset/<str:token>/", recovery.password_reset_link, name="password_reset_link"),
    path("username/remind/", recovery.username_remind, name="username_remind"),
    path("account/", own.account, name="account"),
    path("account/profile/", own.profile, name="account_profile"),
    path("account/settings/", own.settings, name="account_settings"),
    path("account/email/", safety.email, name="account_email"),
    path("account/email/confirm/", safety.email_confirm, name="account_email_confirm"),
    path("account/email/<str:token>/", safety.email_link, name="account_email_link"),
    path("account/password/", safety.password, name="account_password"),
    path("account/sessions/", safety.sessions, name="account_sessions"),
    path("account/download/", own.download, name="account_download"),
    path("account/close/", own.close, name="account_close"),
    path("account/closed/", own.closed, name="account_closed"),
]
