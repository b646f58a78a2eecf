"""Reports as files of word processors, books, LaTeX and PDF: composed once, then made by pandoc and typst."""

from __future__ import annotations

from collections.abc import Mapping

from engine.agent.state import RunState
from engine.export.composing import compose
from engine.export.departures import NOT_ASKED, Departures
from engine.export.manuscript import Manuscript
from engine.export.office import finished_docx, finished_epub, finished_odt
from engine.export.pandoc import converted, with_citations
from engine.export.pandoc_tree import Node, TreeLook, tree_of
from engine.export.pdf import pdf_of

_LATEX_HEAD = r"""% Set it with lualatex, which takes what fonts there are. xelatex has them for Latin, Greek, Cyrillic,
% Arabic and Hebrew letters, and with xeCJK for Chinese, Japanese and Korean ones.
"""
_LATEX_FONTS = r"""\usepackage{iftex}
\ifPDFTeX\else
  \usepackage{fontspec}
  \providecommand{\plumblineserif}{Latin Modern Roman}
  \IfFontExistsTF{DejaVu Serif}{\renewcommand{\plumblineserif}{DejaVu Serif}}{}
  \IfFontExistsTF{Libertinus Serif}{\renewcommand{\plumblineserif}{Libertinus Serif}}{}
  \ifLuaTeX
    \newcommand{\plumblineothers}{}
    \newcommand{\plumblineadd}[2]{\IfFontExistsTF{#1}{\edef\plumblineothers{\plumblineothers "#1:#2",}}{}}
    \plumblineadd{Noto Serif CJK SC}{} \plumblineadd{Noto Sans CJK SC}{} \plumblineadd{Droid Sans Fallback}{}
    \plumblineadd{Noto Naskh Arabic}{mode=harf} \plumblineadd{Noto Sans Arabic}{mode=harf}
    \plumblineadd{Noto Serif Hebrew}{mode=harf} \plumblineadd{Noto Sans Hebrew}{mode=harf}
    \plumblineadd{DejaVu Serif}{} \plumblineadd{DejaVu Sans}{} \plumblineadd{Noto Color Emoji}{mode=harf}
    \directlua{luaotfload.add_fallback("plumbline", {\plumblineothers})}
    \setmainfont{\plumblineserif}[RawFeature={fallback=plumbline}]
  \else
    \setmainfont{\plumblineserif}
    \IfFileExists{xeCJK.sty}{%
      \IfFontExistsTF{Noto Serif CJK SC}{\usepackage{xeCJK}\setCJKmainfont{Noto Serif CJK SC}}{%
        \IfFontExistsTF{Droid Sans Fallback}{\usepackage{xeCJK}\setCJKmainfont{Droid Sans Fallback}}{}}}{}
    \TeXXeTstate=1
    \newcommand{\plumblineturned}{}
    \newcommand{\plumblineturn}[2]{%
      \IfFontExistsTF{#1}{\renewfontfamily{\plumblineturned}{#1}[Script=Arabic]}{#2}}
    \plumblineturn{DejaVu Sans}{\plumblineturn{Times New Roman}{\plumblineturn{FreeSerif}{}}}
    \newcommand{\RL}[1]{\beginR{\plumblineturned #1}\endR}
    \newcommand{\LR}[1]{\beginL #1\endL}
    \newenvironment{RTL}{\raggedleft\leavevmode\beginR}{\endR\par}
    \newenvironment{LTR}{\leavevmode\beginL}{\endL\par}
  \fi
\fi
\sloppy"""
"""Fonts where they are there; nothing is needed that is not."""

_LINE_LETTERS = 66
"""As many as a line of a page has; a hash, which somebody may want to copy, is not longer."""
_LATEX_LINE_LETTERS = 40
"""Lines are shorter, and what lets them end leaves nothing in the text."""
_LATEX_SIGNS = {"`": r"\textasciigrave{}", '"': r"\textquotedbl{}"}
"""TeX takes them for quotation marks and makes curly ones of them."""

Works = tuple[Mapping[str, object], ...]


def docx_of(state: RunState, departures: Departures = NOT_ASKED, *, works: Works = (), style: str = "") -> bytes:
    """Return the report as a file of Word and its like.

    Args:
        state: of the run.
        departures: what the ledger says that left this computer for the run.
        works: CSL-JSON of its sources, where a citation style is wanted.
        style: the XML of that style; empty for the report's own numbers.

    Raises:
        ExportFailed: it cannot be made here, or takes too much.
    """
    manuscript = compose(state, departures, works=works)
    tree = tree_of(manuscript, TreeLook())
    return finished_docx(_file(manuscript, tree, "docx", style), manuscript.at)


def odt_of(state: RunState, departures: Departures = NOT_ASKED, *, works: Works = (), style: str = "") -> bytes:
    """Return the report as an OpenDocument text; arguments and errors as above."""
    manuscript = compose(state, departures, works=works)
    tree = tree_of(manuscript, TreeLook(turns_by_style=True))
    return finished_odt(_file(manuscript, tree, "odt", style), manuscript.at)


def epub_of(state: RunState, departures: Departures = NOT_ASKED, *, works: Works = (), style: str = "") -> bytes:
    """Return the report as an EPUB 3 book; arguments and errors as above."""
    manuscript = compose(state, departures, works=works)
    return finished_epub(_file(manuscript, tree_of(manuscript, TreeLook()), "epub3", style), manuscript.at)


def latex_of(state: RunState, departures: Departures = NOT_ASKED, *, works: Works = (), style: str = "") -> bytes:
    """Return the report as a LaTeX document for XeLaTeX or LuaLaTeX; arguments and errors as above."""
    manuscript = compose(state, departures, works=works, has_signs=False)
    fonts: Node = {"t": "MetaBlocks", "c": [{"t": "RawBlock", "c": ["latex", _LATEX_FONTS]}]}
    look = TreeLook(
        has_signs=False,
        line_letters=_LATEX_LINE_LETTERS,
        unprintable="\u25a1",
        raw=_LATEX_SIGNS,
        fingerprint=(r"{\scriptsize\ttfamily ", "}"),
        turns_each_run=True,
    )
    page: Node = {"t": "MetaInlines", "c": [{"t": "Str", "c": "a4paper,margin=25mm"}]}
    tree = tree_of(manuscript, look, extra={"header-includes": fonts, "geometry": page})
    return _LATEX_HEAD.encode() + _file(manuscript, tree, "latex", style)


def report_pdf(state: RunState, departures: Departures = NOT_ASKED, *, works: Works = (), style: str = "") -> bytes:
    """Return the report as a PDF; arguments and errors as above."""
    manuscript = compose(state, departures, works=works)
    tree = tree_of(manuscript, TreeLook(line_letters=_LINE_LETTERS))
    return pdf_of(manuscript, with_citations(tree, style) if style else tree)


def _file(manuscript: Manuscript, tree: Node, to: str, style: str) -> bytes:
    # LaTeX can show every code only in the environment that is made for colours; nothing gets any without a language.
    options = ("--standalone", "--wrap=none", *(() if to == "latex" else ("--syntax-highlighting=none",)))
    written = with_citations(tree, style) if style else tree
    return converted(written, to, options=options, epoch=int(manuscript.at.timestamp()))
