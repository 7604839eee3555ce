"""The addresses."""

from django.urls import include, path
from django.views.generic import RedirectView

from bilag.web import health, home, hooks, joining
from bilag.web.setup_pages.new import new_company, new_company_field

urlpatterns = [
    path("hooks/moment/<str:token>", hooks.moment, name="moment-webhook"),
    path("hooks/moment/<str:token>/<str:kind>", hooks.moment, name="moment-webhook-of-kind"),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("api/", include("bilag.web.api.urls")),
    # Nobody signs up, and an address is changed by whoever runs Bilag: it is what people are invited by.
    path("accounts/signup/", RedirectView.as_view(pattern_name="account_login")),
    path("accounts/email/", RedirectView.as_view(pattern_name="home")),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", home.home, name="home"),
    path("c/<slug:slug>/", include("bilag.web.overview.urls")),
    path("c/<slug:slug>/", include("bilag.web.transfers_pages.urls")),
    path("c/<slug:slug>/", include("bilag.web.expenses_pages.urls")),
    path("c/<slug:slug>/", include("bilag.web.reconciliation_pages.urls")),
    path("c/<slug:slug>/", include("bilag.web.accruals_pages.urls")),
    path("c/<slug:slug>/", include("bilag.web.setup_pages.urls")),
    path("c/<slug:slug>/", include("bilag.web.tools_pages.urls")),
    path("c/<slug:slug>/", include("bilag.web.log_pages.urls")),
    path("c/<slug:slug>/", include("bilag.web.company.urls")),
    path("invitations/<str:secret>/", joining.invitation, name="invitation"),
    path("new-company/", new_company, name="new-company"),
    path("new-company/field/<str:name>/", new_company_field, name="new-company-field"),
]

handler400 = "bilag.web.faults.bad_request"
handler403 = "bilag.web.faults.forbidden"
handler404 = "bilag.web.faults.not_found"
handler500 = "bilag.web.faults.broken"
