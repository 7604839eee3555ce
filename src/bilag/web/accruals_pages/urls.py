"""The address, below the company's own."""

from django.urls import path

from bilag.web.accruals_pages import views

urlpatterns = [path("accruals/", views.accruals, name="accruals")]
