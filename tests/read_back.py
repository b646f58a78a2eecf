"""Reading exported files by other programs than those that made them: pandoc's readers, PDF readers, LibreOffice."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2

from engine.export import ReportFormat
from engine.export.pandoc import pandoc_path

_STAND_INS = {"textbar": "\ue001", "textasciigrave": "\ue002", "textbackslash": "\ue003", "textquotedbl": "\ue004"}
_STOOD_FOR = str.maketrans({"\ue001": "|", "\ue002": "`", "\ue003": "\\", "\ue004": '"'})
READERS = {
    ReportFormat.DOCX: "docx",
    ReportFormat.ODT: "odt",
    ReportFormat.EPUB: "epub",
    ReportFormat.LATEX: "latex",
}


def words_of(data: bytes, form: ReportFormat) -> str:
    """Return all text of a document, in its order."""
    if form is ReportFormat.PDF:
        return pdf_words(data)
    return words_of_tree(tree_of_file(data, form))


def words_of_tree(tree: Any) -> str:
    """Return what pandoc's tree says."""
    return "".join(texts(tree)).translate(_STOOD_FOR)


def tree_of_file(data: bytes, form: ReportFormat) -> Any:
    if form is ReportFormat.LATEX:
        data = _readable_latex(data)
    command = [str(pandoc_path()), "--sandbox", f"--from={READERS[form]}", "--to=json"]
    answer = subprocess.run(command, input=data, capture_output=True, check=True, timeout=300)
    return json.loads(answer.stdout)


def _readable_latex(data: bytes) -> bytes:
    """Put what pandoc writes, and does not read, in another way: four signs, code as lines of text, no directions."""
    text = re.sub(
        r"\\(textbar|textasciigrave|textbackslash|textquotedbl)(?:\{\}| )?",
        lambda match: _STAND_INS[match.group(1)],
        re.sub(r"\\(?:RL|LR)\{", "{", data.decode()),
    )
    text = re.sub(r"\\begin\{(?:Shaded|Highlighting)\}(?:\[\])?|\\end\{(?:Shaded|Highlighting)\}", "", text)
    return re.sub(r"^\\NormalTok\{(.*)\}$", _as_text, text, flags=re.MULTILINE).encode()


def _as_text(line: re.Match[str]) -> str:
    return re.sub(r"([$#%&_])", r"\\\1", line.group(1)) + r"\\"


def texts(node: Any) -> Iterator[str]:
    """Yield what the leaves of pandoc's tree say, the title first."""
    if isinstance(node, list):
        for one in node:
            yield from texts(one)
    elif isinstance(node, dict):
        if "pandoc-api-version" in node:
            yield from texts(node["meta"].get("title", ""))
            yield from texts(node["blocks"])
            return
        kind, content = node.get("t"), node.get("c")
        match kind:
            case "Str":
                yield content
            case "Space" | "SoftBreak" | "LineBreak":
                yield " "
            case "Code" | "CodeBlock" | "Math" | "RawInline" | "RawBlock":
                yield content[1]
            case "Quoted":
                yield "‘" if content[0]["t"] == "SingleQuote" else "“"
                yield from texts(content[1])
                yield "’" if content[0]["t"] == "SingleQuote" else "”"
            case _:
                yield from texts(content)
                yield " "


def links_of(node: Any) -> Iterator[str]:
    """Yield where links of pandoc's tree lead, and what pictures are."""
    if isinstance(node, list):
        for one in node:
            yield from links_of(one)
    elif isinstance(node, dict):
        if node.get("t") in ("Link", "Image"):
            yield f"{'' if node['t'] == 'Link' else 'image:'}{node['c'][2][0]}"
        yield from links_of(node.get("c"))
        yield from links_of(node.get("blocks"))


def pdf_words(data: bytes) -> str:
    """Return the text layer of a PDF, its pages after each other, with line feeds."""
    document = pypdfium2.PdfDocument(data)
    try:
        pages = []
        for page in document:
            layer = page.get_textpage()
            pages.append(layer.get_text_range())
            layer.close()
            page.close()
        return "\n".join(pages).replace("\r\n", "\n")
    finally:
        document.close()


def office_words(path: Path, *, profile: Path, timeout_s: float = 240.0) -> str:
    """Return what LibreOffice reads in a file.

    Raises:
        FileNotFoundError: it is not installed.
        subprocess.SubprocessError: it could not open the file.
    """
    target = profile / "made"
    command = [
        "soffice",
        f"-env:UserInstallation={profile.as_uri()}",
        "--headless",
        "--convert-to",
        "txt:Text (encoded):UTF8",
    ]
    subprocess.run([*command, "--outdir", str(target), str(path)], capture_output=True, check=True, timeout=timeout_s)
    made = target / f"{path.stem}.txt"
    text = made.read_text(encoding="utf-8")
    made.unlink()
    return text
