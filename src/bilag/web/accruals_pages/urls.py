"""URL of the page, below the company's URL."""

from django.urls import path

from bilag.web.accruals_pages import views

urlpatterns = [path("accruals/", views.accruals, name="accruals")]
