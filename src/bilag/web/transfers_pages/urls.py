"""The addresses, below the company's own."""

from django.urls import path

from bilag.web.transfers_pages import views

urlpatterns = [
    path("transfers/", views.transfers, name="transfers"),
]
