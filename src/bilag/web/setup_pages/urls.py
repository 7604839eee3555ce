"""URLs of the setup pages, below the company's URL."""

from django.urls import path

from bilag.web.setup_pages import checking, parties, trying, views

urlpatterns = [
    path("setup/", views.setup, name="setup"),
    path("setup/field/<str:name>/", views.field, name="setup-field"),
    path("setup/check/", checking.check, name="setup-check"),
    path("setup/parties/", parties.parties, name="setup-parties"),
    path("setup/live/", checking.live, name="setup-live"),
    path("setup/try/", trying.try_it, name="setup-try"),
    path("setup/compare/", trying.compare, name="setup-compare"),
    path("setup/changes/", views.changes, name="setup-changes"),
]
