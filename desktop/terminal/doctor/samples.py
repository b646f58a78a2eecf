"""The smallest document of each format that says one sentence: what the doctor has read to see that reading works."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

SENTENCE = "A plumb line shows whether a wall is true."


def samples() -> Mapping[str, bytes]:
    """Return the bytes of a document for each ending."""
    return {
        ".html": f"<!DOCTYPE html><title>Sample</title><p>{SENTENCE}</p>".encode(),
        ".md": f"# Sample\n\n{SENTENCE}\n".encode(),
        ".txt": f"{SENTENCE}\n".encode(),
        ".csv": f"name,meaning\nplumb line,{SENTENCE}\n".encode(),
        ".rtf": rf"{{\rtf1\ansi {SENTENCE}\par}}".encode(),
        ".pdf": _pdf(),
        ".docx": _docx(),
        ".pptx": _pptx(),
        ".xlsx": _xlsx(),
        ".odt": _odt(),
        ".epub": _epub(),
    }


def _pdf() -> bytes:
    page = f"BT /F1 12 Tf 72 720 Td ({SENTENCE}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)


_XML = '<?xml version="1.0" encoding="UTF-8"?>'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument."


def _office(parts: Mapping[str, tuple[str, str]], *, main: str, links: Mapping[str, str] | None = None) -> bytes:
    """Return an Office file of parts, each a name with its content type and XML; ``links`` are relations of main."""
    folder, _, name = main.rpartition("/")
    types = "".join(f'<Override PartName="/{part}" ContentType="{_TYPES}{kind}"/>' for part, (kind, _) in parts.items())
    relations = "".join(
        f'<Relationship Id="r{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (target, kind) in enumerate((links or {}).items(), start=1)
    )
    files = {
        "[Content_Types].xml": f'{_XML}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{types}</Types>',
        "_rels/.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{_OFFICE}/officeDocument" Target="{main}"/></Relationships>',
        **{part: _XML + content for part, (_, content) in parts.items()},
    }
    if relations:
        files[f"{folder}/_rels/{name}.rels"] = (
            f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{relations}</Relationships>'
        )
    return _zip(files)


def _docx() -> bytes:
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = f'<w:document xmlns:w="{space}"><w:body><w:p><w:r><w:t>{SENTENCE}</w:t></w:r></w:p></w:body></w:document>'
    return _office({"word/document.xml": ("wordprocessingml.document.main+xml", body)}, main="word/document.xml")


def _pptx() -> bytes:
    names = (
        'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
        f'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="{_OFFICE}"'
    )
    presentation = f'<p:presentation {names}><p:sldIdLst><p:sldId id="256" r:id="r1"/></p:sldIdLst></p:presentation>'
    slide = (
        f'<p:sld {names}><p:cSld><p:spTree><p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr>'
        '<p:grpSpPr/><p:sp><p:nvSpPr><p:cNvPr id="2" name="Text"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr/>'
        f"<p:txBody><a:bodyPr/><a:p><a:r><a:t>{SENTENCE}</a:t></a:r></a:p></p:txBody></p:sp></p:spTree></p:cSld></p:sld>"
    )
    return _office(
        {
            "ppt/presentation.xml": ("presentationml.presentation.main+xml", presentation),
            "ppt/slides/slide1.xml": ("presentationml.slide+xml", slide),
        },
        main="ppt/presentation.xml",
        links={"slides/slide1.xml": "slide"},
    )


def _xlsx() -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    workbook = (
        f'<workbook xmlns="{space}" xmlns:r="{_OFFICE}"><sheets><sheet name="Sample" sheetId="1" r:id="r1"/></sheets>'
        "</workbook>"
    )
    sheet = (
        f'<worksheet xmlns="{space}"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>{SENTENCE}</t></is></c></row>'
        "</sheetData></worksheet>"
    )
    return _office(
        {
            "xl/workbook.xml": ("spreadsheetml.sheet.main+xml", workbook),
            "xl/worksheets/sheet1.xml": ("spreadsheetml.worksheet+xml", sheet),
        },
        main="xl/workbook.xml",
        links={"worksheets/sheet1.xml": "worksheet"},
    )


def _odt() -> bytes:
    space = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'{_XML}<office:document-content xmlns:office="{space}:office:1.0" xmlns:text="{space}:text:1.0">'
        f"<office:body><office:text><text:p>{SENTENCE}</text:p></office:text></office:body></office:document-content>"
    )
    manifest = (
        f'{_XML}<manifest:manifest xmlns:manifest="{space}:manifest:1.0"><manifest:file-entry '
        'manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    kind = "application/vnd.oasis.opendocument.text"
    return _zip({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest})


def _epub() -> bytes:
    container = (
        f'{_XML}<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
    )
    book = (
        f'{_XML}<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id">'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier id="id">sample</dc:identifier>'
        "<dc:title>Sample</dc:title><dc:language>en</dc:language></metadata>"
        '<manifest><item id="c1" href="c1.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="c1"/></spine></package>'
    )
    chapter = (
        f'{_XML}<html xmlns="http://www.w3.org/1999/xhtml"><head><title>Sample</title></head>'
        f"<body><p>{SENTENCE}</p></body></html>"
    )
    files = {"mimetype": "application/epub+zip", "META-INF/container.xml": container, "book.opf": book}
    return _zip({**files, "c1.xhtml": chapter})


def _zip(files: Mapping[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()
