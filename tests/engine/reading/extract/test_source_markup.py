"""Text files that are sources of pages: AsciiDoc and reStructuredText."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from made_documents import block_with, read, texts

from engine.reading.document import BlockKind
from engine.reading.extract import asciidoc, restructured
from engine.reading.extract.formats import Format

MANUAL = """\
made-tool(1)
============

NAME
----
made-tool - Make something of nothing

SYNOPSIS
--------
[verse]
'made-tool' [-q] <thing>

[[the-description]]
DESCRIPTION
-----------
Makes *things*. The `made-tool` command is described in linkgit:made-guide[7];
see <<the-description,above>> for more.

ifdef::never[]
-q::
--quiet::
	Say nothing. This is
	the default.
+
More on this.

------------
$ made-tool one
$ made-tool two
------------

== A section

- First item
  goes on.
- Second item.

|===
|Name |Size
|one |2
|===
"""

MODULE = """\
:mod:`made` --- Something made
==============================

.. module:: made

.. index:: single: made; module

The :mod:`made` module holds ``Thing`` objects [1]_ and
:func:`~made.inner.build`. For example::

   import made

   made.build()

.. function:: build(name, \\
                    size=3)

   Build a *thing*.

   .. versionadded:: 3.2

.. note::

   Things are **not** shared.

term
   What it means.

=====  ======
Name   Size
=====  ======
one    2
=====  ======
"""


def test_an_asciidoc_source_reads_like_its_page() -> None:
    document = read(MANUAL, Format.TEXT)

    assert document.title == "made-tool(1)"
    assert texts(document, BlockKind.HEADING) == ["made-tool(1)", "NAME", "SYNOPSIS", "DESCRIPTION", "A section"]
    assert block_with(document, "described").kind is BlockKind.PARAGRAPH
    assert "Makes things. The made-tool command is described in made-guide(7); see above for more." in document.text
    assert "-q, --quiet: Say nothing. This is the default." in texts(document, BlockKind.LIST_ITEM)
    assert "First item goes on." in texts(document, BlockKind.LIST_ITEM)
    assert "$ made-tool one\n$ made-tool two" in texts(document, BlockKind.CODE)
    assert texts(document, BlockKind.TABLE_ROW) == ["Name\tSize", "one\t2"]
    assert "ifdef" not in document.text and "the-description" not in document.text


def test_a_restructured_source_reads_like_its_page() -> None:
    document = read(MODULE, Format.TEXT)

    assert document.title == "made --- Something made"
    assert "The made module holds Thing objects [1] and build(). For example:" in document.text
    assert texts(document, BlockKind.CODE) == ["import made\n\nmade.build()"]
    items = texts(document, BlockKind.LIST_ITEM)
    assert items == ["build(name, size=3): Build a thing.", "term: What it means."]
    assert "New in version 3.2." in texts(document, BlockKind.PARAGRAPH)
    assert "Things are not shared." in texts(document, BlockKind.PARAGRAPH)
    assert texts(document, BlockKind.TABLE_ROW) == ["Name\tSize", "one\t2"]
    assert "index" not in document.text


def test_a_letter_declared_as_asciidoc_keeps_its_headers_and_diagrams() -> None:
    letter = (
        "From: A. Writer\nSubject: Branches\nContent-type: text/asciidoc\n\nBranches\n========\n\n"
        "The history looks like this:\n\n ---o---o---M\n           /\n   ---A---B\n\nwhere M is the merge.\n\n"
        "    I have a question about this that goes on\n    over two lines of plain words.\n"
    )

    document = read(letter, Format.TEXT)

    assert document.title == "Branches"
    assert "From: A. Writer" in texts(document, BlockKind.LIST_ITEM)
    assert texts(document, BlockKind.CODE) == ["---o---o---M\n          /\n  ---A---B"]
    assert len(texts(document, BlockKind.QUOTE)) == 1


def test_ordinary_texts_are_not_taken_for_sources() -> None:
    letter = "Dear all,\n\nI quote him: *this* is `it`. See http://a.example for more:\n\n  $ ls\n\nBest\n====\nA.\n"

    assert not asciidoc.is_asciidoc(letter)
    assert not restructured.is_restructured(letter)
    assert "*this* is `it`" in read(letter, Format.TEXT).text


@given(st.text(alphabet=st.sampled_from(list("ab =-~+*|:.`_<>[]\n\t\\{}/'")), max_size=300))
def test_any_text_can_be_read_as_a_source(text: str) -> None:
    for draft in (*asciidoc.blocks(text), *restructured.blocks(text)):
        assert isinstance(draft.text, str)
