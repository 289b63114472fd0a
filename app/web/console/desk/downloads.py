"""Files that the console hands out."""

from urllib.parse import quote

from starlette.responses import Response

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def download(data: bytes, name: str, kind: str = "application/octet-stream") -> Response:
    """A file to save under a name, whatever signs the name has."""
    plain = "".join(s if s.isascii() and (s.isalnum() or s in "-_.") else "_" for s in name)
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    return Response(data, headers={"content-disposition": disposition}, media_type=kind)
