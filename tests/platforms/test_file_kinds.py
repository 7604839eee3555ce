"""A document's type is what its first bytes say, and its name is safe whoever wrote it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilag.platforms.file_kinds import HEAD_BYTES, SUFFIXES, name_from_header, safe_name, type_of

KINDS = {
    "PDF": (b"%PDF-1.7\n", "application/pdf"),
    "PDF behind a mark of order": (b"\xef\xbb\xbf%PDF-1.4", "application/pdf"),
    "PDF behind a printer's commands": (b"\x1b%-12345X@PJL\r\n" * 20 + b"%PDF-1.3", "application/pdf"),
    "JPEG of a camera": (b"\xff\xd8\xff\xe1\x18\x44Exif", "image/jpeg"),
    "JPEG": (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"),
    "PNG": (b"\x89PNG\r\n\x1a\n\x00\x00", "image/png"),
    "GIF": (b"GIF89a\x01\x00", "image/gif"),
    "TIFF of a scanner": (b"II*\x00\x08\x00", "image/tiff"),
    "TIFF the other way round": (b"MM\x00*\x00\x00", "image/tiff"),
    "WebP": (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "image/webp"),
    "picture of a telephone": (b"\x00\x00\x00\x18ftypheic\x00\x00", "image/heic"),
    "HEIF": (b"\x00\x00\x00\x18ftypmif1\x00\x00", "image/heif"),
    "AVIF": (b"\x00\x00\x00\x1cftypavif\x00\x00", "image/avif"),
}
NONE = {
    "nothing": b"",
    "a film": b"\x00\x00\x00\x18ftypisom\x00\x00",
    "a sound": b"RIFF\x24\x00\x00\x00WAVEfmt ",
    "an invoice as XML": b'<?xml version="1.0"?><Invoice/>',
    "a page": b"<!DOCTYPE html><html>",
    "a drawing that can hold a script": b'<svg xmlns="http://www.w3.org/2000/svg"><script/>',
    "a program": b"MZ\x90\x00\x03",
    "an archive": b"PK\x03\x04\x14\x00",
    "half of a mark": b"%PD",
    "a mark too far down": b" " * HEAD_BYTES + b"%PDF-1.4",
}


@pytest.mark.parametrize("name", KINDS)
def test_pdf_and_pictures_are_known_by_their_beginning(name: str) -> None:
    head, media_type = KINDS[name]
    assert type_of(head) == media_type


@pytest.mark.parametrize("name", NONE)
def test_everything_else_is_none_of_them(name: str) -> None:
    assert type_of(NONE[name]) is None


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("attachment; filename=\"F-88.pdf\"; filename*=UTF-8''F-88%20%C3%B8re.pdf", "F-88 øre.pdf"),
        ("attachment; filename*=utf-8'nb'%C3%85rsoppgj%C3%B8r.pdf", "Årsoppgjør.pdf"),
        ('attachment; filename="F \\"88\\".pdf"', 'F "88".pdf'),
        ("attachment; FILENAME=F-88.pdf; x=y", "F-88.pdf"),
        ("inline; filename*=UTF-8''%FF%FE.pdf", "\ufffd\ufffd.pdf"),
        ('attachment; filename=""', ""),
        ("attachment", ""),
        ("", ""),
    ],
)
def test_name_is_read_as_rfc_6266_writes_it(header: str, told: str) -> None:
    assert name_from_header(header) == told


@pytest.mark.parametrize(
    ("told", "safe"),
    [
        ("F-88.pdf", "F-88.pdf"),
        ("F-88.PDF", "F-88.PDF"),
        ("Faktura 88 øre.pdf", "Faktura 88 øre.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Bilag\\F-88.pdf", "F-88.pdf"),
        ("F-88.xml", "F-88.xml.pdf"),
        ("F-88.pdf.exe", "F-88.pdf.exe.pdf"),
        ("F-88", "F-88.pdf"),
        ("Faktura nr. 88", "Faktura nr. 88.pdf"),
        (".pdf", "document-90001.pdf"),
        ("", "document-90001.pdf"),
        ("...", "document-90001.pdf"),
        ("a\r\nX-Evil: 1.pdf", "a X-Evil 1.pdf"),
        ('<b>"88"</b>.pdf', "b.pdf"),
        ("\u202efdp.88-F", "fdp.88-F.pdf"),
        ("x" * 300 + ".pdf", "x" * 94 + ".pdf"),
    ],
)
def test_name_has_no_folder_no_trick_and_the_ending_of_its_type(told: str, safe: str) -> None:
    assert safe_name(told, "application/pdf", "document-90001") == safe


@given(st.text(), st.sampled_from(sorted(SUFFIXES)), st.text(max_size=200))
def test_any_name_becomes_one_that_can_be_kept(told: str, media_type: str, otherwise: str) -> None:
    name = safe_name(told, media_type, otherwise)
    assert 0 < len(name) <= 100
    assert name.isprintable()
    assert not set(name) & set('/\\:*?"<>|')
    assert name[0] not in ". "
    assert name.rpartition(".")[2].lower() in SUFFIXES[media_type]
    assert safe_name(name, media_type, otherwise) == name, "a safe name stays as it is"


@given(st.text())
def test_any_header_can_be_read(header: str) -> None:
    assert isinstance(name_from_header(header), str)
