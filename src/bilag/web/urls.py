"""URLs of the web application."""

from django.urls import include, path
from django.views.generic import RedirectView

from bilag.web import home, invitations
from bilag.web.setup_pages.new import new_company, new_company_field

urlpatterns = [
    path("api/", include("bilag.api.urls")),
    # There is no sign-up. Only an administrator changes email addresses, because invitations are sent to them.
    path("accounts/signup/", RedirectView.as_view(pattern_name="account_login")),
    path("accounts/email/", RedirectView.as_view(pattern_name="home")),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", home.home, name="home"),
    path("c/<slug:slug>/", include("bilag.web.overview_pages.urls")),
    path("c/<slug:slug>/", include("bilag.web.transfers_pages.urls")),
    path("c/<slug:slug>/", include("bilag.web.expenses_pages.urls")),
    path("c/<slug:slug>/", include("bilag.web.reconciliation_pages.urls")),
    path("c/<slug:slug>/", include("bilag.web.rehearsal_pages.urls")),
    path("c/<slug:slug>/", include("bilag.web.accruals_pages.urls")),
    path("c/<slug:slug>/", include("bilag.web.setup_pages.urls")),
    path("c/<slug:slug>/", include("bilag.web.tools_pages.urls")),
    path("c/<slug:slug>/", include("bilag.web.log_pages.urls")),
    path("c/<slug:slug>/", include("bilag.web.company_pages.urls")),
    path("c/<slug:slug>/", include("bilag.web.recover_pages.urls")),
    path("invitations/<str:secret>/", invitations.invitation, name="invitation"),
    path("new-company/", new_company, name="new-company"),
    path("new-company/field/<str:name>/", new_company_field, name="new-company-field"),
]

handler400 = "bilag.web.error_pages.bad_request"
handler403 = "bilag.web.error_pages.forbidden"
handler404 = "bilag.web.error_pages.not_found"
handler500 = "bilag.web.error_pages.broken"
