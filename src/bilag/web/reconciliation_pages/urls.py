"""URLs of these pages, below the company's URL."""

from django.urls import path

from bilag.web.reconciliation_pages import actions, running, views

urlpatterns = [
    path("reconciliation/", views.months, name="reconciliation"),
    path("reconciliation/start/", actions.start, name="reconciliation-start"),
    path("reconciliation/period/<str:first>/<str:last>/", running.of_period, name="reconciliation-period"),
    path("reconciliation/month/<str:month>/", views.of_month, name="reconciliation-month"),
    path("reconciliation/<int:pk>/", views.one, name="reconciliation-one"),
    path("reconciliation/<int:pk>/print/", views.printable, name="reconciliation-print"),
    path("reconciliation/<int:pk>/export/<str:form>/", views.export, name="reconciliation-export"),
    path("reconciliation/<int:pk>/send/", actions.send, name="reconciliation-send"),
    path("reconciliation/<int:pk>/sign/", actions.sign, name="reconciliation-sign"),
    path("reconciliation/<int:pk>/gap/", actions.explain_gap, name="reconciliation-gap"),
]
