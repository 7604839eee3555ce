"""The addresses, below the company's own."""

from django.urls import path

from bilag.web.tools_pages import asked_poll, export, views

urlpatterns = [
    path("tools/", views.tools, name="tools"),
    path("tools/followed/", views.followed, name="tools-followed"),
    path("tools/poll/", asked_poll.ask, name="tools-poll"),
    path("tools/poll/answer/", asked_poll.answer, name="tools-poll-answer"),
    path("tools/export/", export.export, name="tools-export"),
]
