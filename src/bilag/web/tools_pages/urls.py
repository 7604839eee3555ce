"""URLs of these pages, below the company's URL."""

from django.urls import path

from bilag.web.tools_pages import export, poll_now, views

urlpatterns = [
    path("tools/", views.tools, name="tools"),
    path("tools/followed/", views.followed, name="tools-followed"),
    path("tools/poll/", poll_now.poll, name="tools-poll"),
    path("tools/poll/answer/", poll_now.answer, name="tools-poll-answer"),
    path("tools/export/", export.export, name="tools-export"),
]
