"""The addresses, below the company's own."""

from django.urls import path

from bilag.web.setup_pages import views

urlpatterns = [
    path("setup/", views.setup, name="setup"),
]
