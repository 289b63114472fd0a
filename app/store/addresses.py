"""An address of PostgreSQL on several machines, as libpq writes it, in the form read here. Pure."""

import re

# scheme://who@first:port,second:port/name?more
_SEVERAL = re.compile(
    r"(?P<scheme>\w+)://(?P<who>[^/?]*@)?(?P<hosts>[^/?@]*,[^/?@]*)"
    r"(?P<name>/[^?]*)?(?:\?(?P<more>.*))?",
    re.ASCII | re.DOTALL,
)


def in_query(address: str) -> str:
    """Several hosts between user and name are told as `host=` of the query, which means the same;
    any other address stays as it is."""
    found = _SEVERAL.fullmatch(address)
    if found is None:
        return address
    hosts = "&".join(f"host={host}" for host in found["hosts"].split(",") if host)
    more = f"&{found['more']}" if found["more"] else ""
    return f"{found['scheme']}://{found['who'] or ''}{found['name'] or '/'}?{hosts}{more}"
