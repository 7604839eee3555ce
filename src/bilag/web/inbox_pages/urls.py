"""URLs of these pages, below the company's URL."""

from django.urls import path

from bilag.web.inbox_pages import actions, views

urlpatterns = [
    path("attention/", views.inbox, name="inbox"),
    path("attention/<str:cause>/", views.one, name="inbox-one"),
    path("attention/<str:cause>/assign/", actions.assign, name="inbox-assign"),
    path("attention/<str:cause>/snooze/", actions.snooze, name="inbox-snooze"),
    path("attention/<str:cause>/comment/", actions.comment, name="inbox-comment"),
]
