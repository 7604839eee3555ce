"""URLs of the guided setup, below the company's URL."""

from django.urls import path

from bilag.web.guide_pages import other_steps, views

urlpatterns = [
    path("guide/", views.opening, name="guide"),
    path("guide/check/run/", views.run_check, name="guide-check-run"),
    path("guide/webhook/seen/", other_steps.webhook_seen, name="guide-webhook-seen"),
    path("guide/on/first/", other_steps.first_invoice, name="guide-first-invoice"),
    path("guide/<slug:key>/", views.step, name="guide-step"),
]
