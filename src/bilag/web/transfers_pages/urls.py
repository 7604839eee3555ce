"""URLs of these pages, below the company's URL."""

from django.urls import path

from bilag.web.transfers_pages import actions, detail, exports, views

urlpatterns = [
    path("transfers/", views.transfers, name="transfers"),
    path("transfers/retry/", actions.retry, name="transfers-retry"),
    path("transfers/exclude/", actions.exclude_selected, name="transfers-exclude-selected"),
    path("transfers/export/<str:form>/", exports.export, name="transfers-export"),
    path("transfers/<int:pk>/", detail.one, name="transfers-one"),
    path("transfers/<int:pk>/confirm-rate/", actions.confirm_rate, name="transfers-confirm-rate"),
    path("transfers/<int:pk>/close-pair/", actions.close_pair, name="transfers-close-pair"),
    path("transfers/<int:pk>/exclude/", actions.exclude, name="transfers-exclude"),
]
