"""`orderhub stores link`, `check`: is a site up, and does it belong to the store?"""

from datetime import timedelta
from typing import Any

import pytest

URL = "https://shop.example.com/"
PROOF = "https://shop.example.com/.well-known/orderhub-ownership.txt"


@pytest.fixture
def linked(hub: Any) -> Any:
    """A store with one link; `token` is what its site has to show."""
    hub.run("stores", "add", "east")
    said = hub.run("stores", "link", "east", "https://Shop.example.com")
    hub.token = said.partition("has the line ")[2].partition(",")[0]
    assert len(hub.token) == 32 and PROOF in said
    hub.sites.put(URL, "welcome")
    return hub


def check(desk: Any) -> tuple[Any, Any, str]:
    (row,) = desk.json("stores", "check", "east")
    assert desk.json("stores", "links", "east") == [row]
    return row["is_up"], row["is_owned"], row["detail"]


def test_nothing_is_known_of_a_link_that_nobody_visited(linked: Any) -> None:
    (row,) = linked.json("stores", "links")
    assert (row["kind"], row["checked_at"], row["is_up"], row["is_owned"]) == ("storefront", None, None, None)
    assert "unknown" in linked.run("stores", "links")


def test_site_that_shows_nothing_is_up_and_not_the_store_s(linked: Any) -> None:
    assert check(linked) == (True, False, "")


def test_file_with_the_token_in_a_line_shows_whose_the_site_is(linked: Any) -> None:
    linked.sites.put(PROOF, f"# ours\r\n {linked.token} \r\n")
    assert check(linked) == (True, True, "")


def test_meta_tag_shows_it_too(linked: Any) -> None:
    linked.sites.put(URL, f'<html><meta name="orderhub-ownership" content="{linked.token}"><body>')
    assert check(linked) == (True, True, "")


@pytest.mark.parametrize("proof", ["{token}0", "x {token}", "<p>{token}</p>"])
def test_token_within_other_text_shows_nothing(linked: Any, proof: str) -> None:
    linked.sites.put(PROOF, proof.format(token=linked.token))
    linked.sites.put(URL, linked.token)
    assert check(linked) == (True, False, "")


def test_token_is_of_one_store_and_one_site(linked: Any) -> None:
    linked.run("stores", "add", "west")
    others = {
        linked.run("stores", "link", *words) for words in (("west", URL), ("east", "https://b.example.com"))
    }
    assert not [said for said in others if linked.token in said]
    assert linked.token in linked.run("stores", "link", "east", "https://shop.example.com/other")


def test_site_that_is_down_is_not_known_to_be_somebody_else_s(linked: Any) -> None:
    linked.sites.put(URL, status=503)
    linked.sites.put(PROOF, status=503)
    assert check(linked) == (False, None, "answers with status 503")
    del linked.sites.names["shop.example.com"]
    assert check(linked) == (False, None, "the name shop.example.com is not known")


def test_site_that_moved_into_an_inner_network_is_not_asked(linked: Any) -> None:
    linked.sites.names["shop.example.com"] = [["169.254.169.254"]]
    assert check(linked) == (False, None, "shop.example.com lies in an inner network")
    assert linked.sites.asked == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("link east http://127.0.0.1/", "is a number"),
        ("link east https://u:s3cret@shop.example.com/", "leave out what stands before the @"),
        ("link west https://shop.example.com/", "no store 'west'"),
        ("unlink east https://other.example.com/", "there are: https://shop.example.com/"),
    ],
)
def test_mistakes_are_told_in_a_sentence(linked: Any, words: str, said: str) -> None:
    assert said in linked.fail("stores", *words.split())
    assert "s3cret" not in linked.printed


def test_a_link_that_is_taken_away_is_gone(linked: Any) -> None:
    linked.run("stores", "unlink", "east", URL)
    assert linked.json("stores", "links") == []


def test_links_stand_in_the_exported_file(linked: Any) -> None:
    assert linked.json("config", "log")[0]["change"]["after"]["links"] == {URL: "storefront"}
    assert f"{URL} (storefront)" in linked.run("stores", "show", "east")
    assert f"links: {{'{URL}': storefront}}" in linked.run("config", "export")


def test_links_keep_what_was_seen_while_the_store_changes(linked: Any) -> None:
    before = check(linked)
    linked.clock.advance(timedelta(hours=1))
    linked.run("stores", "set", "east", "--brand", "Acme")
    (row,) = linked.json("stores", "links")
    assert (row["is_up"], row["is_owned"], row["detail"]) == before
