"""The addresses, below the company's own."""

from django.urls import path

from bilag.web.company import views

urlpatterns = [
    path("company/", views.company, name="company"),
]
