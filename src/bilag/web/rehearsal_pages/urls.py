"""URLs of these pages, below the company's URL."""

from django.urls import path

from bilag.web.rehearsal_pages import actions, views

urlpatterns = [
    path("rehearsal/", views.rehearsals, name="rehearsal"),
    path("rehearsal/start/", actions.start, name="rehearsal-start"),
    path("rehearsal/<int:pk>/", views.one, name="rehearsal-one"),
    path("rehearsal/<int:pk>/print/", views.printable, name="rehearsal-print"),
    path("rehearsal/<int:pk>/export/<str:form>/", views.export, name="rehearsal-export"),
    path("rehearsal/<int:pk>/accept/", actions.accept, name="rehearsal-accept"),
    path("rehearsal/<int:pk>/sign/", actions.sign, name="rehearsal-sign"),
]
