"""The addresses, below the company's own."""

from django.urls import path

from bilag.web.tools_pages import views

urlpatterns = [
    path("tools/", views.tools, name="tools"),
]
