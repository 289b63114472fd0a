"""Where messages may go: https, plainly written, to the Internet."""

import pytest

from app.webhooks import addresses, networks
from app.webhooks.addresses import AddressRefused
from app.webhooks.networks import Outside, is_public


@pytest.mark.parametrize(
    ("typed", "host", "port", "target", "written"),
    [
        ("https://cham.vi-du.vn", "cham.vi-du.vn", 443, "/", "https://cham.vi-du.vn/"),
        (
            " HTTPS://Cham.Vi-Du.vn:443/Nhan?tu=Phieu ",
            "cham.vi-du.vn",
            443,
            "/Nhan?tu=Phieu",
            "https://cham.vi-du.vn/Nhan?tu=Phieu",
        ),
        ("https://a.vn:8443?x", "a.vn", 8443, "/?x", "https://a.vn:8443/?x"),
        ("https://203.0.113.7/a", "203.0.113.7", 443, "/a", "https://203.0.113.7/a"),
        ("https://[2001:DB8::1]:99/", "2001:db8::1", 99, "/", "https://[2001:db8::1]:99/"),
    ],
)
def test_an_address_is_taken_apart(
    typed: str, host: str, port: int, target: str, written: str
) -> None:
    place = addresses.read(typed)
    assert (place.host, place.port, place.target, str(place)) == (host, port, target, written)


@pytest.mark.parametrize(
    "typed",
    [
        *("", "cham.vi-du.vn", "http://cham.vi-du.vn", "ftp://a.vn", "https:/a.vn", "https://"),
        *(
            "https://localhost/",
            "https://intranet",
            "https://a..vn",
            "https://-a.vn",
            "https://a.vn.",
        ),
        *("https://me@a.vn", "https://me:secret@a.vn", "https://a.vn@b.vn", "https://a.vn\\@b.vn"),
        *(
            "https://a.vn/#x",
            "https://a.vn/a b",
            "https://a.vn/\r\nX: y",
            "https://a.vn\t/",
            "https://á.vn",
        ),
        *("https://a.vn:0/", "https://a.vn:65536/", "https://a.vn:x/", "https://a.vn:/"),
        # Whatever a browser reads as an IP address is one, written plainly or refused.
        *("https://2130706433/", "https://0x7f000001/", "https://0x7f.1/", "https://127.1/"),
        *("https://0177.0.0.1/", "https://127.0.0.01/", "https://1.2.3.4.5/", "https://a.0x/"),
        *("https://[::1%25eth0]/", "https://[1:2]/", "https://[::ffff:127.0.0.1", "https://::1/"),
        f"https://a.vn/{'x' * 500}",
    ],
)
def test_what_is_written_otherwise_is_refused_with_a_remedy(typed: str) -> None:
    with pytest.raises(AddressRefused, match=r"\."):
        addresses.read(typed)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255"),
        *("192.168.1.1", "169.254.169.254", "100.64.0.1", "192.0.0.8", "192.0.2.1", "198.18.0.1"),
        *(
            "192.88.99.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
        ),
        *("::", "::1", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "fd12::1", "ff02::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "::10.0.0.1", "64:ff9b::7f00:1"),
        *("64:ff9b::a00:1", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1", "2001:db8::1"),
        *("2001:0:7f00:1::", "2001:0:808:808::80ff:fefe", "100::1", "5f00::1", "3fff::1", "x", ""),
    ],
)
def test_addresses_that_are_not_of_the_internet(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "203.162.4.1", "2001:4860:4860::8888", "::ffff:8.8.8.8", "64:ff9b::808:808"],
)
def test_addresses_of_the_internet(address: str) -> None:
    assert is_public(address)


def test_one_private_address_among_those_of_a_name_is_too_many() -> None:
    place = addresses.read("https://cham.vi-du.vn/")
    for found, words in (
        (["8.8.8.8", "10.0.0.1"], "mạng nội bộ"),
        (["::ffff:169.254.169.254"], "mạng nội bộ"),
        ([], "Không tìm thấy"),
    ):
        outside = Outside(resolve=lambda _host, _port, found=found: found)  # type: ignore[misc]
        with pytest.raises(AddressRefused, match=words):
            outside.checked(place)
    assert Outside(resolve=lambda _host, _port: ["8.8.8.8"]).checked(place) == ["8.8.8.8"]


def test_a_private_address_is_refused_by_the_real_way_out() -> None:
    for typed in ("https://127.0.0.1/", "https://[::1]/", "https://[::ffff:a00:1]/"):
        with pytest.raises(AddressRefused, match="mạng nội bộ"):
            Outside().checked(addresses.read(typed))
    assert networks.resolve("127.0.0.1", 443) == ["127.0.0.1"]
