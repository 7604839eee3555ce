"""The addresses, below the company's own."""

from django.urls import path

from bilag.web.overview_pages import views

urlpatterns = [
    path("", views.overview, name="overview"),
    path("now/", views.now, name="overview-now"),
]
