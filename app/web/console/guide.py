"""Hướng dẫn: the guide, served by the product, its pictures too."""

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from app.web.console.desk.addresses import LOOK
from app.web.console.desk.desk import Desk
from app.web.console.desk.guards import Anyone
from app.web.console.desk.handbook import GUIDE, PICTURES, SERVER, chapter, picture

router = APIRouter()


@router.api_route(GUIDE, methods=LOOK)
def show(desk: Anyone) -> Response:
    return _page(desk, GUIDE)


@router.api_route(SERVER, methods=LOOK)
def show_for_the_server(desk: Anyone) -> Response:
    return _page(desk, SERVER)


def _page(desk: Desk, path: str) -> Response:
    values: dict[str, object] = {"chapter": chapter(path), "for_server": path == SERVER}
    return desk.page("console/guide.html", values, section="guide")


@router.api_route(f"{PICTURES}/{{name}}", methods=LOOK)
def show_picture(_desk: Anyone, name: str) -> Response:
    """A picture of the guide. Nothing real is on it; a browser may keep it for an hour."""
    found = picture(name)
    if found is None:
        raise HTTPException(404)
    headers = {"Cache-Control": "private, max-age=3600"}
    return Response(found.read_bytes(), headers=headers, media_type="image/png")
