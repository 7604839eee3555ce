"""URLs of these pages, below the company's URL."""

from django.urls import path

from bilag.web.company_pages import members, tokens, views, webhook

urlpatterns = [
    path("company/", views.company, name="company"),
    path("company/invite/", members.invite, name="company-invite"),
    path("company/invitations/<int:invitation_id>/again/", members.invite_again, name="company-invite-again"),
    path("company/invitations/<int:invitation_id>/withdraw/", members.withdraw, name="company-withdraw"),
    path("company/members/<int:user_id>/", members.change, name="company-role"),
    path("company/members/<int:user_id>/remove/", members.remove, name="company-remove"),
    path("company/tokens/", tokens.make, name="company-token"),
    path("company/tokens/<int:token_id>/revoke/", tokens.revoke, name="company-revoke"),
    path("company/webhook/test/", webhook.send_test, name="company-webhook-test"),
    path("company/webhook/new/", webhook.renew, name="company-webhook-new"),
]
