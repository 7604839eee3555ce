"""URLs of the web application."""

from django.urls import include, path, re_path
from django.views.generic import RedirectView

from bilag.web import invitations
from bilag.web.first_password import ChoosePasswordView
from bilag.web.home_pages import views as home
from bilag.web.platform_pages.views import platforms
from bilag.web.setup_pages.new import new_company

urlpatterns = [
    path("api/", include("bilag.api.urls")),
    # There is no sign-up. Only an administrator changes email addresses, because invitations are sent to them.
    path("accounts/signup/", RedirectView.as_view(pattern_name="account_login")),
    path("accounts/email/", RedirectView.as_view(pattern_name="home")),
    re_path(
        r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        ChoosePasswordView.as_view(),
        name="account_reset_password_from_key",
    ),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", home.home, name="home"),
    path("c/<slug:slug>/", include("bilag.web.overview_pages.urls")),
    path("c/<slug:slug>/", include("bilag.web.inbox_pages.urls")),
    path("c/<slug:slug>/", include("bilag.web.transfers_pages.urls")),
    path("c/<slug:slug>/", include("bilag.web.expenses_pages.urls")),
    path("c/<slug:slug>/", include("bilag.web.reconciliation_pages.urls")),
    path("c/<slug:slug>/", include("bilag.web.rehearsal_pages.urls")),
    path("c/<slug:slug>/", include("bilag.web.accruals_pages.urls")),
    path("c/<slug:slug>/", include("bilag.web.setup_pages.urls")),
    path("c/<slug:slug>/", include("bilag.web.guide_pages.urls")),
    path("c/<slug:slug>/", include("bilag.web.tools_pages.urls")),
    path("c/<slug:slug>/", include("bilag.web.log_pages.urls")),
    path("c/<slug:slug>/", include("bilag.web.company_pages.urls")),
    path("c/<slug:slug>/", include("bilag.web.recover_pages.urls")),
    path("invitations/<str:secret>/", invitations.invitation, name="invitation"),
    path("accounting-systems/", platforms, name="accounting-systems"),
    path("new-company/", new_company, name="new-company"),
]

handler400 = "bilag.web.error_pages.bad_request"
handler403 = "bilag.web.error_pages.forbidden"
handler404 = "bilag.web.error_pages.not_found"
handler500 = "bilag.web.error_pages.broken"
