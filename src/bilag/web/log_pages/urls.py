"""The addresses, below the company's own."""

from django.urls import path

from bilag.web.log_pages import views

urlpatterns = [
    path("log/", views.log, name="log"),
]
