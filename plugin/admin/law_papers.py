"""The papers of Law & data: as a page to read, as a PDF to keep."""

from __future__ import annotations

from flask import Response, make_response, request

from plugin.admin.frame import blueprint, page, this_shop, words
from plugin.api import current_context
from plugin.errors import UnavailableError
from plugin.services import law_documents, person_requests
from plugin.services.law_documents import Document
from plugin.texts import LANGUAGES


@blueprint.get("/law/documents/<name>")
def law_document(name: str) -> Response:
    """Show one of the papers."""
    return _page(law_documents.document(current_context(), this_shop(), name, _language()))


@blueprint.get("/law/documents/<name>.pdf")
def law_document_pdf(name: str) -> Response:
    """Hand one of the papers out as a PDF."""
    return _pdf(law_documents.document(current_context(), this_shop(), name, _language()))


@blueprint.get("/law/receipts/<int:request_id>")
def law_receipt(request_id: int) -> Response:
    """Show the receipt of a request that was answered."""
    return _page(_receipt(request_id), request_id)


@blueprint.get("/law/receipts/<int:request_id>.pdf")
def law_receipt_pdf(request_id: int) -> Response:
    """Hand the receipt out as a PDF."""
    return _pdf(_receipt(request_id), f"-{request_id}")


def _receipt(request_id: int) -> Document:
    found, _ = person_requests.get(current_context(), this_shop(), request_id)
    return law_documents.receipt(current_context(), this_shop(), found, words().language)


def _language() -> str:
    """Return the language of the paper: the one asked for, else the merchant's own."""
    asked = request.args.get("in", "")
    return asked if asked in LANGUAGES else words().language


def _page(document: Document, request_id: int | None = None) -> Response:
    language = _language() if request_id is None else words().language
    return page("law_document.html", document=document, request_id=request_id, language=language)


def _pdf(document: Document, ending: str = "") -> Response:
    try:
        from plugin.services import law_pdf
    except ModuleNotFoundError:
        raise UnavailableError("pdf_missing") from None
    response = make_response(law_pdf.draw(document))
    response.headers["Content-Type"] = "application/pdf"
    name = f"bleib-{document.name}{ending}.pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
