"""The API of shops of their own: each operation is one line of a table, and so is its document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Literal

from flask import Blueprint, Response, jsonify, make_response, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ValidationError

from plugin.api import any_shop_answers as answers
from plugin.api import any_shop_bodies as bodies
from plugin.api import current_context
from plugin.api.any_shop_problems import problem_of, problems_of
from plugin.api.any_shop_signing import signed_call
from plugin.errors import BadInputError, BleibError
from plugin.json_in import parse_object
from plugin.model import Shop
from plugin.services import (
    access_log,
    any_shop,
    csv_import,
    front_door,
    person_requests,
    subscriber_list,
    voucher_pool,
)
from plugin.services.any_shop_models import CodesIn

blueprint = Blueprint("any_shop", __name__)

ROOT = "/api/v1"
#: A hundred orders of two hundred lines stay below this.
MAX_JSON = 2 * 1024 * 1024

Method = Literal["GET", "PUT", "POST", "DELETE"]
Work = Callable[[Shop, Any, dict[str, str]], Any]


@dataclass(frozen=True)
class Operation:
    """One operation: `body` is what it reads (a model, or "csv"), `answer` what it says."""

    method: Method
    rule: str
    name: str
    work: Work
    body: type[BaseModel] | Literal["csv"] | None = None
    answer: type[BaseModel] | None = None
    status: int = 200
    query: tuple[str, ...] = ()


def _state(shop: Shop, _body: None, _at: dict[str, str]) -> Any:  # noqa: ANN401 - JSON values
    return any_shop.state(current_context(), shop)


def _goodbye(shop: Shop, _body: None, _at: dict[str, str]) -> None:
    front_door.leave(current_context(), shop)


def _put_orders(shop: Shop, body: bodies.Orders, _at: dict[str, str]) -> any_shop.Taken:
    told = [order.to_model() for order in body.orders]
    return any_shop.put_orders(current_context(), shop, told)


def _order(shop: Shop, _body: None, at: dict[str, str]) -> Any:  # noqa: ANN401 - JSON values
    return any_shop.order(current_context(), shop, at["order_id"])


def _delete_order(shop: Shop, _body: None, at: dict[str, str]) -> None:
    any_shop.delete_order(current_context(), shop, at["order_id"])


def _put_shipments(shop: Shop, body: bodies.Shipments, at: dict[str, str]) -> any_shop.Taken:
    told = [item.to_model(at["order_id"]) for item in body.shipments]
    return any_shop.put_shipments(current_context(), shop, at["order_id"], told)


def _shipments(shop: Shop, _body: None, at: dict[str, str]) -> Any:  # noqa: ANN401 - JSON values
    return {"shipments": any_shop.order_shipments(current_context(), shop, at["order_id"])}


def _delete_shipment(shop: Shop, _body: None, at: dict[str, str]) -> None:
    any_shop.delete_shipment(current_context(), shop, at["order_id"], at["shipment_id"])


def _put_products(shop: Shop, body: bodies.Products, _at: dict[str, str]) -> any_shop.Taken:
    told = [product.to_model() for product in body.products]
    return any_shop.put_products(current_context(), shop, told)


def _product(shop: Shop, _body: None, at: dict[str, str]) -> Any:  # noqa: ANN401 - JSON values
    return any_shop.product(current_context(), shop, at["product_id"])


def _delete_product(shop: Shop, _body: None, at: dict[str, str]) -> None:
    any_shop.delete_product(current_context(), shop, at["product_id"])


def _add_codes(shop: Shop, body: CodesIn, _at: dict[str, str]) -> Any:  # noqa: ANN401 - JSON values
    added = voucher_pool.add(current_context(), shop, body)
    return {"added": added.fresh, "known": added.known}


def _forget(shop: Shop, body: bodies.Person, _at: dict[str, str]) -> Any:  # noqa: ANN401 - JSON
    return person_requests.erase_for(current_context(), shop, body.email, "API", "api")


def _subscribers(shop: Shop, _body: None, _at: dict[str, str]) -> Any:  # noqa: ANN401 - JSON values
    text = request.args.get("after", "0")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise BadInputError("field_invalid", field="after")
    context = current_context()
    access_log.note_look(context, shop, actor="api", act="exported", what="people", whose="")
    people, after = subscriber_list.page(context, shop, int(text))
    return {"subscribers": [asdict(person) for person in people], "after": after}


def _import(shop: Shop, body: bytes, at: dict[str, str]) -> Any:  # noqa: ANN401 - JSON values
    context = current_context()
    kind = csv_import.kind_of(at["kind"])
    found = csv_import.hand_in(context, shop, kind, body, start=True)
    return answers.import_values(found)


def _import_state(shop: Shop, _body: None, at: dict[str, str]) -> Any:  # noqa: ANN401 - JSON values
    number = int(at["import_id"])
    return answers.import_values(csv_import.look(current_context(), shop, number))


OPERATIONS: tuple[Operation, ...] = (
    Operation("GET", "", "state", _state, answer=answers.State),
    Operation("DELETE", "", "goodbye", _goodbye, status=204),
    Operation("PUT", "/orders", "put_orders", _put_orders, bodies.Orders, answers.Taken),
    Operation("GET", "/orders/<order_id>", "order", _order, answer=answers.Order),
    Operation(
        "DELETE", "/orders/<order_id>", "delete_order", _delete_order, status=204
    ),
    Operation(
        "PUT", "/orders/<order_id>/shipments", "put_shipments", _put_shipments,
        bodies.Shipments, answers.Taken,
    ),
    Operation(
        "GET", "/orders/<order_id>/shipments", "shipments", _shipments,
        answer=answers.Shipments,
    ),
    Operation(
        "DELETE", "/orders/<order_id>/shipments/<shipment_id>", "delete_shipment",
        _delete_shipment, status=204,
    ),
    Operation("PUT", "/products", "put_products", _put_products, bodies.Products, answers.Taken),
    Operation(
        "GET", "/products/<product_id>", "product", _product, answer=answers.Product
    ),
    Operation(
        "DELETE", "/products/<product_id>", "delete_product", _delete_product,
        status=204,
    ),
    Operation(
        "GET", "/subscribers", "subscribers", _subscribers, answer=answers.Subscribers,
        query=("after",),
    ),
    Operation("POST", "/voucher-codes", "add_codes", _add_codes, CodesIn, answers.Added),
    Operation("DELETE", "/customers", "forget_customer", _forget, bodies.Person, answers.Forgotten),
    Operation(
        "POST", "/imports/<kind>", "import_file", _import, "csv", answers.Import, 202
    ),
    Operation(
        "GET", "/imports/<int:import_id>", "import_state", _import_state,
        answer=answers.Import,
    ),
)  # fmt: skip


def _view(operation: Operation) -> Callable[..., ResponseReturnValue]:
    most = csv_import.MAX_BYTES if operation.body == "csv" else MAX_JSON

    def view(key: str, **at: Any) -> Response:  # noqa: ANN401 - parts of the address
        shop, call, fresh = signed_call(key, most)
        if not fresh:
            return make_response("", 204, {"Bleib-Repeated": "yes", "Cache-Control": "no-store"})
        found = operation.work(shop, _read(operation, call.body), at)
        any_shop.done(current_context(), shop, call)
        return _answer(operation, found)

    view.__doc__ = operation.name
    return view


def _read(operation: Operation, raw: bytes) -> Any:  # noqa: ANN401 - as the operation declares
    if operation.body == "csv":
        return raw
    if operation.body is None:
        return None
    # Twice: the first look refuses what no parser should see, the second knows the types.
    parse_object(raw, max_bytes=MAX_JSON)
    return operation.body.model_validate_json(raw)


def _answer(operation: Operation, found: Any) -> Response:  # noqa: ANN401 - as the work returns
    if operation.answer is None:
        response = make_response("", operation.status)
    else:
        values = found.__dict__ if isinstance(found, any_shop.Taken) else found
        text = operation.answer.model_validate(values).model_dump_json()
        response = Response(text, operation.status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


for _operation in OPERATIONS:
    blueprint.add_url_rule(
        f"{ROOT}/<key>{_operation.rule}",
        endpoint=_operation.name,
        view_func=_view(_operation),
        methods=[_operation.method],
    )


@blueprint.errorhandler(BleibError)
def _refused(error: BleibError) -> Response:
    response = jsonify(problem_of(error))
    response.status_code = error.status
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.errorhandler(ValidationError)
def _misshapen(error: ValidationError) -> Response:
    response = jsonify(problems_of(error))
    response.status_code = 422
    response.headers["Cache-Control"] = "no-store"
    return response
