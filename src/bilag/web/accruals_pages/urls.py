"""URLs of the page, below the company's URL."""

from django.urls import path

from bilag.web.accruals_pages import actions, views

urlpatterns = [
    path("accruals/", views.accruals, name="accruals"),
    path("accruals/enter/", actions.enter, name="accruals-enter"),
    path("accruals/preview/", actions.preview, name="accruals-preview"),
    path("accruals/import/", actions.import_file, name="accruals-import"),
    path("accruals/import/check/", actions.check_file, name="accruals-check"),
]
