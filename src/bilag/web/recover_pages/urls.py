"""URL of this page, below the company's URL."""

from django.urls import path

from bilag.web.recover_pages import views

urlpatterns = [path("recover/", views.recover, name="recover")]
