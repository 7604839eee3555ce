"""URLs of these pages, below the company's URL."""

from django.urls import path

from bilag.web.log_pages import exporting, views

urlpatterns = [
    path("log/", views.log, name="log"),
    path("log/export/<str:form>/", exporting.export, name="log-export"),
]
