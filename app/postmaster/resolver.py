"""The DNS, asked through the machine's own resolver."""

from typing import Any

import dns.exception
import dns.resolver

from app.postmaster.records import NoAnswer

TIMEOUT = 5.0  # seconds for each name


class Dns:
    """`Names` of the DNS; raises NoAnswer where it cannot be asked."""

    def __init__(self) -> None:
        try:
            self._resolver = dns.resolver.Resolver()
        except dns.exception.DNSException as error:
            raise NoAnswer from error
        self._resolver.lifetime = TIMEOUT

    def txt(self, name: str) -> list[str]:
        return [
            b"".join(each.strings).decode("utf-8", "replace") for each in self._ask(name, "TXT")
        ]

    def addresses(self, name: str) -> list[str]:
        return [each.to_text() for kind in ("A", "AAAA") for each in self._ask(name, kind)]

    def mail_hosts(self, name: str) -> list[str]:
        hosts = [each.exchange.to_text(omit_final_dot=True) for each in self._ask(name, "MX")]
        return [host for host in hosts if host.strip(".")]

    def exists(self, name: str) -> bool:
        """Also where it has nothing but names below it (RFC 8020)."""
        try:
            self._resolver.resolve(name, "TXT", search=False)
        except dns.resolver.NXDOMAIN:
            return False
        except dns.resolver.NoAnswer:
            return True
        except dns.exception.DNSException as error:
            raise NoAnswer from error
        return True

    def _ask(self, name: str, kind: str) -> list[Any]:
        try:
            return list(self._resolver.resolve(name, kind, search=False))
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except dns.exception.DNSException as error:
            raise NoAnswer from error
