"""Beside the goods: flyers to print, presents to pack, and what they brought."""

from __future__ import annotations

from flask import Response, make_response, request

from plugin.admin import inserts_form
from plugin.admin.carried import packed, unpacked
from plugin.admin.frame import blueprint, page, this_shop, to, words
from plugin.admin.handed import table
from plugin.admin.inserts_form import Form
from plugin.api import current_context
from plugin.contracts.inserts import Inserts
from plugin.errors import BleibError, ConflictError, InvalidFieldError, UnavailableError
from plugin.services.inserts import printing, reporting, surprising
from plugin.services.inserts import settings as inserts

#: What a change is answered with, above the page.
SAID = ("saved", "packed")


@blueprint.get("/parcels/inserts")
def parcel_inserts() -> Response:
    """Show the newest orders with their flyers, what is to be packed, and what it brought."""
    return _page()


@blueprint.post("/parcels/inserts/print")
def parcel_inserts_print() -> Response:
    """Hand out one PDF with the flyers of the ticked orders."""
    chosen = request.form.getlist("order")
    try:
        drawn = printing.print_flyers(current_context(), this_shop(), chosen)
    except (InvalidFieldError, UnavailableError) as error:
        return _page(error.status, problem=_told(error), chosen=chosen)
    return _pdf(drawn)


@blueprint.post("/parcels/inserts/packed")
def parcel_inserts_packed() -> Response:
    """Note that presents lie in their parcels."""
    surprising.pack(current_context(), this_shop(), request.form.getlist("order"))
    return to("parcel_inserts", said="packed")


@blueprint.get("/parcels/inserts/cards.csv")
def parcel_inserts_cards() -> Response:
    """Hand out the list of those who order again and again."""
    text = reporting.card_list(current_context(), this_shop(), words().language)
    return table(text, words().t("inserts.cards_file"))


@blueprint.get("/parcels/inserts/sample.pdf")
def parcel_inserts_sample() -> Response:
    """Hand out a flyer as it would be."""
    context, shop = current_context(), this_shop()
    return _pdf(printing.sample(context, shop, inserts.get(context, shop)))


@blueprint.get("/parcels/inserts/settings")
def parcel_inserts_settings() -> Response:
    """Show what the flyers say, and who finds a present."""
    present = inserts.get(current_context(), this_shop())
    return _settings(inserts_form.shown(present, words()), present)


@blueprint.post("/parcels/inserts/settings")
def parcel_inserts_save() -> Response:
    """Set it, unless somebody else did meanwhile."""
    context, shop = current_context(), this_shop()
    present = inserts.get(context, shop)
    form = inserts_form.read(request.form, words())
    seen = unpacked(request.form.get("seen"), Inserts, present)
    if form.wanted is None:
        return _settings(form, seen, 422)
    try:
        inserts.save(context, shop, form.wanted, seen=seen)
    except ConflictError:
        return _settings(form, present, 409, changed=True)
    return to("parcel_inserts", said="saved")


def _told(error: BleibError) -> str:
    known = ("orders_missing", "orders_many", "codes_pending", "pdf_missing")
    if error.code not in known:
        raise error
    return error.code


def _pdf(drawn: bytes) -> Response:
    response = make_response(drawn)
    response.headers["Content-Type"] = "application/pdf"
    name = words().t("inserts.file")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return response


def _page(status: int = 200, *, problem: str = "", chosen: list[str] | None = None) -> Response:
    context, shop, said = current_context(), this_shop(), request.args.get("said", "")
    settings = inserts.get(context, shop)
    return page(
        "parcels/inserts.html",
        status,
        report=reporting.report(context, shop),
        settings=settings,
        look=printing.words_of(
            context, shop, settings, None, sample_code="UFER-2X7K-9QPM", language=words().language
        ),
        days=reporting.DAYS,
        most=printing.MOST,
        said=said if said in SAID else "",
        problem=problem,
        chosen=chosen or [],
    )


def _settings(form: Form, seen: Inserts, status: int = 200, *, changed: bool = False) -> Response:
    return page(
        "parcels/inserts_settings.html",
        status,
        form=form,
        seen=packed(seen),
        changed=changed,
        shop_languages=this_shop().languages,
    )
