"""`orderhub ship wave|waves|show|pick-list|labels|bins`: from parcels that wait to what is on the trolley."""

import base64
import io
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from hub.cli.state import with_hub
from hub.storage import labels

PICTURE = "data:image/png;base64," + base64.b64encode(b"picture").decode()


def zpl(text):
    content = base64.b64encode(f"^XA{text}^XZ".encode()).decode()
    return f"data:application/octet-stream;base64,{content}"


def pdf(*heights):
    """Blank pages of 100 points by these."""
    writer, file = PdfWriter(), io.BytesIO()
    for height in heights:
        writer.add_blank_page(100, height)
    writer.write(file)
    return file.getvalue()


def as_label(content):
    return f"data:application/pdf;base64,{base64.b64encode(content).decode()}"


def heights(file):
    return [int(page.mediabox.height) for page in PdfReader(file).pages]


@pytest.fixture
def desk(armed, place_order):
    """Two orders whose parcels are booked."""
    for buyer in ("b1", "b2"):
        place_order(buyer)
    armed.run("sync", "now")
    return armed


@pytest.fixture
def wave(desk):
    Path("bins.csv").write_text("商品编码,货位\nSKU-2,A-1\nSKU-1,A-10\n", encoding="utf-8")
    desk.run("ship", "bins", "wh", "bins.csv")
    desk.run("ship", "wave", "wh")
    return desk


def parcels(desk):
    return [each["consignment_id"] for each in desk.json("ship", "show", "1")]


@pytest.fixture
def give_labels(desk):
    """Labels of the wave's parcels, in their order, as if carriers had given them."""

    def give(*given):
        pairs = list(zip(parcels(desk), given, strict=False))

        async def keep(hub):
            key = hub.books.connections.key("shop")
            sealed = {each: key.seal(label.encode(), labels.purpose(each)) for each, label in pairs}
            await hub.database.run(lambda uow: labels.keep(uow, sealed, hub.now()))

        with_hub(keep)

    return give


def test_units_are_listed_in_the_order_of_bins(wave):
    rows = wave.json("ship", "pick-list", "1")

    assert [(row["bin"], row["sku"], row["quantity"]) for row in rows] == [
        ("A-1", "SKU-2", 2),
        ("A-10", "SKU-1", 4),
    ]
    assert {"parcels", "booked"} <= wave.json("ship", "waves")[0].keys()
    assert "sf-express" in wave.run("ship", "show", "1")


def test_pick_list_is_printed_and_written_as_csv(wave):
    said = wave.run("ship", "pick-list", "1", "--html", "out/pick.html", "--csv", "out/pick.csv")

    assert "6 units of 2 SKUs" in said
    page, table = Path("out/pick.html").read_text(), Path("out/pick.csv").read_text()
    assert "Pick list of wave 1" in page and "6 units of 2 SKUs" in page and "for 2 parcels" in page
    assert table.splitlines()[0] == "bin,sku,quantity,parcels" and "A-1,SKU-2,2," in table


def test_a_bin_cannot_break_out_of_the_page(wave):
    Path("bins.csv").write_text("sku,bin\nSKU-1,<script>\n", encoding="utf-8")
    wave.run("ship", "bins", "wh", "bins.csv")
    wave.run("ship", "pick-list", "1", "--html", "pick.html")

    assert (
        "&lt;script&gt;" in Path("pick.html").read_text() and "<script>" not in Path("pick.html").read_text()
    )


def test_zpl_labels_are_one_file_and_pictures_their_own(wave, give_labels):
    first, second = parcels(wave)
    give_labels(zpl("one"), PICTURE)

    said = wave.run("ship", "labels", "1", "--into", "labels")

    assert Path("labels/wave-1.zpl").read_text() == "^XAone^XZ"
    assert Path(f"labels/{second}.png").read_bytes() == b"picture" and f"{second}.png" in said
    assert not Path(f"labels/{first}.bin").exists()


def test_zpl_labels_stand_in_the_order_of_the_parcels(wave, give_labels):
    give_labels(zpl("one"), zpl("two"))
    wave.run("ship", "labels", "1")

    assert Path("wave-1.zpl").read_text() == "^XAone^XZ\n^XAtwo^XZ"


def test_pdf_labels_are_one_file_in_the_order_of_the_parcels(wave, give_labels):
    give_labels(as_label(pdf(150, 151)), as_label(pdf(90)))

    said = wave.run("ship", "labels", "1", "--into", "labels")

    assert "2 labels in labels/wave-1.pdf" in said
    assert heights("labels/wave-1.pdf") == [150, 151, 90]
    assert [each.name for each in Path("labels").iterdir()] == ["wave-1.pdf"]


UNREADABLE = {
    "cut": pdf(150, 151)[:-60],
    "no_pdf": b"%PDF",
    "no_page": pdf(),
    "lost_page": pdf(150, 151).replace(b"/Kids [ 4 0 R 5 0 R ]", b"/Kids [ 4 0 R 9 0 R ]"),
}


@pytest.mark.parametrize("content", UNREADABLE.values(), ids=UNREADABLE)
def test_pdf_label_that_cannot_be_read_is_its_own_file_and_named(wave, give_labels, content):
    first, _ = parcels(wave)
    give_labels(as_label(content), as_label(pdf(90)))

    result = wave.type("ship", "labels", "1")

    assert f"the PDF label of {first}" in result.stderr and f"print {first}.pdf" in result.stderr
    assert Path(f"{first}.pdf").read_bytes() == content
    assert heights("wave-1.pdf") == [90]


def test_parcel_without_a_label_is_named(wave, give_labels):
    _, second = parcels(wave)
    give_labels("https://carrier.example/label/1")

    result = wave.type("ship", "labels", "1")

    assert "https://carrier.example/label/1" in result.stdout
    assert f"no carrier gave a label yet for {second}" in result.stderr


REFUSED = {
    "wave moon": "there is no location 'moon'; there are: wh",
    "wave wh --carrier ups": "no parcel waits at wh for ups",
    "show 9": "there is no wave 9",
    "labels 9": "there is no wave 9",
    "pick-list 9": "there is no wave 9",
}


def test_what_is_not_there_is_refused(desk):
    for words, why in REFUSED.items():
        assert why in desk.fail("ship", *words.split())


def test_every_mistake_in_a_file_of_bins_is_named(desk):
    Path("bins.csv").write_text("sku,bin\nSKU-1,\nSKU-2,A\nSKU-2,B\n", encoding="utf-8")

    said = desk.fail("ship", "bins", "wh", "bins.csv")

    assert "line 2: the bin is empty" in said and "line 4: SKU-2 has a bin already" in said
