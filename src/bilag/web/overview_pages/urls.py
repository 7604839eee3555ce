"""URLs of these pages, below the company's URL."""

from django.urls import path

from bilag.web.overview_pages import views

urlpatterns = [
    path("", views.overview, name="overview"),
    path("now/", views.now, name="overview-now"),
]
