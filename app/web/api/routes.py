"""The addresses for programs put together, and the two that describe them."""

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from app.web.api import document, more, old, v1
from app.web.api.door import JSON, LOOK, ROOT, V1
from app.web.house import house_of

router = APIRouter()
SCHEMA = f"{ROOT}/scores.schema.json"
DOCUMENT, DOCUMENT_V1 = "/openapi.json", f"{V1}/openapi.json"


@router.api_route(SCHEMA, methods=LOOK)
def schema() -> Response:
    """The shape of a sheet. It is no secret: it ships with the program."""
    return Response(document.schema(), media_type=JSON)


@router.api_route(DOCUMENT, methods=LOOK)
@router.api_route(DOCUMENT_V1, methods=LOOK)
def described(request: Request) -> Response:
    """What can be asked here and what is answered, for programs that write programs."""
    return JSONResponse(document.document(house_of(request).settings.base_url))


ROUTERS = (old.router, v1.router, more.router, router)
