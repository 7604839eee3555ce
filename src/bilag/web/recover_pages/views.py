"""Show what accounting has and Bilag lacks, and recover it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from bilag.companies import store
from bilag.members.models import Role
from bilag.messages.subjects import render_subject
from bilag.transfers import enqueue, ledger_ahead
from bilag.web.decorators import CompanyRequest, company_page, origin_of
from bilag.web.templatetags.bilag import norwegian


@company_page(change=Role.MEMBER)
def recover(request: CompanyRequest) -> HttpResponse:
    """Show the page; POST takes in what accounting has of the last year. A worker does it: the journal may be long."""
    company = request.access.company
    if request.method == "POST":
        enqueue.ask_recover(company.pk, origin=origin_of(request))
        text = _("Bilag is reading the journal and takes in what it does not know. The log shows what was found.")
        messages.success(request, text, extra_tags="good")
        return redirect("recover", company.slug)
    noticed = ledger_ahead.noticed(store.load_setup(company.pk))
    language = "nb" if norwegian() else "en"
    documents = [render_subject(text, language) for text in noticed.documents] if noticed is not None else []
    return render(request, "bilag/recover.html", {"noticed": noticed, "documents": documents})
