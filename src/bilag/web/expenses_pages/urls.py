"""URLs of these pages, below the company's URL."""

from django.urls import path

from bilag.web.expenses_pages import actions, views

urlpatterns = [
    path("expenses/", views.expenses, name="expenses"),
    path("expenses/import/", actions.import_now, name="expenses-import"),
    path("expenses/imports/", views.imports, name="expenses-imports"),
    path("expenses/export/<str:form>/", views.export, name="expenses-export"),
    path("expenses/<int:pk>/", views.one, name="expenses-one"),
    path("expenses/<int:pk>/again/", actions.retry, name="expenses-again"),
    path("expenses/<int:pk>/pass-over/", actions.exclude, name="expenses-pass-over"),
    path("expenses/<int:pk>/seen/", actions.mark_reviewed, name="expenses-seen"),
]
