"""Visits cannot be turned inwards: whatever is entered, resolved or redirected to."""

import asyncio

import httpx
import pytest

from hub import visits
from hub.domain.store_records.links import canonical_url, is_public, page_shows
from hub.visits import MOST_BYTES, NotVisited, Refused, Visitor
from tests.hub.sites import PUBLIC, Body, Sites

URL = "https://shop.example.com/"
INNER = [
    *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
    *("224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "192.0.0.170"),
    *(
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:93.184.216.34",
        "::127.0.0.1",
        "fe80::1",
        "fc00::1",
        "ff02::1",
    ),
    *("64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2001::1", "2001:db8::1", "fe80::1%eth0", ""),
]


@pytest.fixture
def sites():
    made = Sites()
    made.put(URL, "welcome")
    return made


async def refusal(sites, url=URL, kind=Refused):
    with pytest.raises(kind) as caught:
        await sites.visitor.visit(url)
    assert kind is NotVisited or not [each for each in sites.asked if each[0] != PUBLIC]
    return str(caught.value)


@pytest.mark.parametrize("address", INNER)
def test_inner_addresses_are_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "2606:4700::1111", "2a00:1450::1"])
def test_addresses_of_the_internet_are_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        *("http://2130706433/", "http://0x7f000001/", "http://0x7f.0.0.1/", "http://0177.0.0.1/"),
        *("http://127.1/", "http://127.0.0.1/", "http://127。0。0。1/", "http://１２７.0.0.1/"),
        *("http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://[/"),
        *("http://localhost/", "http://db.internal/", "http://printer.local/", "http://db/", "http:///x"),
        *(
            "http://u:s3cret@shop.example.com/",
            "https://shop.example.com@10.0.0.1/",
            "ftp://u:s3cret@x.example/",
        ),
        *("https://shop.example.com:8443/", "http://shop.example.com:22/", "https://shop.example.com:x/"),
        *("file:///etc/passwd", "gopher://shop.example.com/", "//shop.example.com/", "shop.example.com", ""),
        *(
            "https://shop.example.com\\@10.0.0.1/",
            "https://shop.example.com/\r\nHost: x",
            "https://a.example/\x00",
        ),
        *("https://-.example.com/", "https://a..example.com/", f"https://shop.example.com/{'x' * 500}"),
    ],
)
async def test_address_in_whatever_spelling_is_refused_before_anything_is_asked(sites, url):
    with pytest.raises(ValueError) as caught:
        canonical_url(url)
    assert "s3cret" not in str(caught.value)
    await refusal(sites, url)
    assert sites.asked == []


@pytest.mark.parametrize(
    ("url", "stored"),
    [
        ("HTTPS://Shop.Example.COM", "https://shop.example.com/"),
        ("https://shop.example.com:443/a?b=c#d", "https://shop.example.com/a?b=c"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
    ],
)
def test_address_has_one_form(url, stored):
    assert canonical_url(url) == canonical_url(stored) == stored


@pytest.mark.parametrize("address", INNER)
async def test_name_that_resolves_inwards_is_refused(sites, address):
    sites.names["shop.example.com"] = [[address]]
    assert "inner network" in await refusal(sites)


async def test_one_inner_address_among_public_ones_is_enough_to_refuse(sites):
    sites.names["shop.example.com"] = [[PUBLIC, "10.0.0.1"]]
    assert "inner network" in await refusal(sites)


async def test_connection_goes_to_the_address_that_was_judged(sites):
    """The second answer of a name that is rebound is never asked for."""
    sites.names["shop.example.com"] = [[PUBLIC], ["127.0.0.1"]]

    assert (await sites.visitor.visit(URL)).text == "welcome"
    assert sites.asked == [(PUBLIC, "shop.example.com", "/", "shop.example.com")]


async def test_name_that_is_rebound_between_two_hops_is_refused(sites):
    sites.put(URL, status=302, location="/there")
    sites.names["shop.example.com"] = [[PUBLIC], ["127.0.0.1"]]

    assert "inner network" in await refusal(sites)
    assert len(sites.asked) == 1


async def test_address_of_version_six_is_pinned_too(sites):
    sites.names["shop.example.com"] = [["2606:4700::1111"]]

    assert (await sites.visitor.visit(URL)).text == "welcome"
    assert sites.asked[0][0] == "2606:4700::1111"


@pytest.mark.parametrize(
    "target",
    [
        *("http://169.254.169.254/latest/meta-data/", "https://127.0.0.1/", "http://[::ffff:127.0.0.1]/"),
        *("https://other.example.com/", "//other.example.com/", "https://u:p@shop.example.com/"),
        *("https://shop.example.com:8443/", "http://shop.example.com/", "file:///etc/passwd", "https://[/"),
        "https://shop.example.com.evil.example/",
    ],
)
async def test_redirection_out_of_the_site_is_not_followed(sites, target):
    sites.put(URL, status=302, location=target)
    sites.put("https://other.example.com/", "other")

    await refusal(sites)
    assert len(sites.asked) == 1


async def test_redirection_within_the_site_is_followed(sites):
    sites.put("http://example.com/", status=301, location="https://www.example.com/a")
    sites.put("https://www.example.com/a", "there")

    assert (await sites.visitor.visit("http://example.com/")).text == "there"


async def test_redirections_end(sites):
    sites.put(URL, status=302, location=URL)
    assert "more than 3 times" in await refusal(sites, kind=NotVisited)
    assert len(sites.asked) == 4


async def test_name_that_nobody_knows_is_told(sites):
    assert "is not known" in await refusal(sites, "https://nowhere.example.com/", NotVisited)


async def test_answer_is_read_no_further_than_its_limit():
    sent = 0

    class Endless(httpx.AsyncByteStream):
        async def __aiter__(self):
            nonlocal sent
            while True:
                sent += 1
                yield b"x" * 65536

    visitor = Visitor(_public, lambda: httpx.MockTransport(lambda _: httpx.Response(200, stream=Endless())))
    assert len((await visitor.visit(URL)).text) == MOST_BYTES
    assert sent <= 5


async def test_what_is_compressed_is_not_unpacked():
    answer = httpx.Response(200, headers={"content-encoding": "gzip"}, stream=Body(b"\x1f\x8b"))
    visitor = Visitor(_public, lambda: httpx.MockTransport(lambda _: answer))
    assert (await visitor.visit(URL)).text == "\x1f\ufffd"


async def test_site_that_keeps_silent_is_left(monkeypatch):
    async def silent(request):
        await asyncio.Event().wait()

    monkeypatch.setattr(visits, "TOTAL_SECONDS", 0.01)
    with pytest.raises(NotVisited, match="no answer within"):
        await Visitor(_public, lambda: httpx.MockTransport(silent)).visit(URL)


async def test_site_that_cannot_be_reached_is_told_without_its_address():
    def broken(request):
        raise httpx.ConnectError("all of 93.184.216.34 failed")

    with pytest.raises(NotVisited, match=r"cannot be reached \(ConnectError\)"):
        await Visitor(_public, lambda: httpx.MockTransport(broken)).visit(URL)


@pytest.mark.parametrize(
    "html", ["<![foo[ x", "<!-- <meta name='orderhub-ownership' content='T'> -->", "<", ""]
)
def test_page_that_is_not_html_shows_nothing(html):
    assert not page_shows(html, "T")


async def _public(host, port):
    return [PUBLIC]
