from dataclasses import replace

from difficult_reports import (
    AT,
    Making,
    disputes,
    every_script,
    hostile,
    nothing_found,
    nothing_written,
    report_of,
    tables,
)

from engine.domain import ClaimState, Mark, ReportVersion, Section, Verdict
from engine.export.composing import compose
from engine.export.csl import csl_items
from engine.export.manuscript import (
    Bullets,
    Grid,
    Heading,
    Manuscript,
    MarkLink,
    Paragraph,
    Quotation,
    Role,
    Sign,
    StyledCitation,
    WebLink,
    Words,
    WorksCited,
)


def paragraphs(manuscript: Manuscript) -> list[Paragraph]:
    """Every paragraph, those in lists and tables too."""
    found = []
    for block in manuscript.blocks:
        if isinstance(block, Paragraph):
            found.append(block)
        elif isinstance(block, Bullets):
            found += [one for item in block.items for one in item]
        elif isinstance(block, Grid):
            found += [cell for row in block.rows for cell in row]
    return found


def said(paragraph: Paragraph) -> str:
    return "".join(one.text for one in paragraph.inlines if isinstance(one, Words))


def everything(manuscript: Manuscript) -> str:
    return "\n".join(said(one) for one in paragraphs(manuscript))


def headings(manuscript: Manuscript) -> list[str]:
    return [block.text for block in manuscript.blocks if isinstance(block, Heading) and block.level == 1]


def anchors(manuscript: Manuscript) -> list[str]:
    return [block.anchor for block in manuscript.blocks if isinstance(block, Heading | Paragraph) and block.anchor]


def test_each_mark_leads_to_the_one_passage_of_its_name() -> None:
    for made in (disputes(), every_script(), tables(), hostile()):
        manuscript = compose(made.state, made.departures)
        places = anchors(manuscript)
        assert len(places) == len(set(places))
        targets = [one.target for text in paragraphs(manuscript) for one in text.inlines if isinstance(one, MarkLink)]
        assert targets
        assert set(targets) <= set(places)


def test_every_sentence_has_its_state() -> None:
    manuscript = compose(disputes().state)
    answer = next(one for one in paragraphs(manuscript) if one.role is Role.ANSWER)
    assert Sign(state=ClaimState.CONTRADICTED) in answer.inlines
    assert "Another source gives 61 metres." in said(answer)


def test_both_sides_of_a_contradiction_stand_side_by_side() -> None:
    grid = next(block for block in compose(disputes().state).blocks if isinstance(block, Grid))
    ((rests_on, against),) = grid.rows
    assert "57 metres" in said(rests_on)
    assert "61 metres" in said(against)
    assert len([one for one in against.inlines if isinstance(one, MarkLink)]) == 1


def test_a_sentence_that_failed_is_shown_with_its_remark_and_the_mark_of_the_reader() -> None:
    text = everything(compose(disputes().state))
    assert "It was built in one summer." in text
    assert "The passage says nothing of a summer." in text
    assert "Marked unclear by the reader." in text
    assert "I measured 61 m." in text


def test_a_table_stays_one_and_missing_cells_say_why() -> None:
    grid = next(block for block in compose(tables().state).blocks if isinstance(block, Grid))
    assert grid.columns == ("Bird", "Wingspan", "Weight")
    heron = grid.rows[0][1]
    assert said(heron).startswith("175–195 cm")
    assert [one.label for one in heron.inlines if isinstance(one, MarkLink)] == ["1a", "1b"]
    assert said(grid.rows[0][2]) == "— No source gives its weight."
    assert said(grid.rows[2][2]) == "— Not established"


def test_rows_that_are_too_short_or_too_long_fit_the_columns() -> None:
    for block in compose(hostile(("x",)).state).blocks:
        if isinstance(block, Grid):
            assert all(len(row) == len(block.columns) for row in block.rows)


def test_what_is_read_from_right_to_left_says_so() -> None:
    manuscript = compose(every_script().state)
    turned = [one for one in manuscript.blocks if isinstance(one, Quotation) and one.direction == "rtl"]
    assert len(turned) == 2


def test_only_addresses_of_the_web_become_links() -> None:
    manuscript = compose(hostile().state)
    links = {one.address for text in paragraphs(manuscript) for one in text.inlines if isinstance(one, WebLink)}
    assert links
    assert all(link.startswith(("https://trap.example/", "http://", "ftp://")) for link in links), links
    assert not any(sign in link for link in links for sign in ' <>"\\\n@\0\ufffd')
    assert not any(link.startswith("ftp") for link in links)


def test_a_run_without_a_report_has_a_receipt_all_the_same() -> None:
    assert "No report was written" in everything(compose(nothing_written().state))
    assert headings(compose(nothing_written().state)) == ["How this report was made"]
    assert "Not found in these sources." in everything(compose(nothing_found().state))


def test_with_works_sentences_cite_them_and_the_list_of_works_stands_before_the_passages() -> None:
    made = disputes()
    manuscript = compose(made.state, works=tuple(csl_items(made.state)))
    cited = [one for text in paragraphs(manuscript) for one in text.inlines if isinstance(one, StyledCitation)]
    assert cited[0].works[0].page == 1
    assert {one.target for one in cited} <= set(anchors(manuscript))
    marks = [one for text in paragraphs(manuscript) for one in text.inlines if isinstance(one, MarkLink)]
    assert {one.target for one in marks} <= set(anchors(manuscript))
    assert marks[0].words == "‹1›"
    (entry,) = [one for one in paragraphs(manuscript) if one.anchor == marks[0].target]
    assert said(entry).startswith("‹1›")
    assert WorksCited() in manuscript.blocks
    names = headings(manuscript)
    assert names.index("References") < names.index("Passages")


def test_marks_at_sentences_of_earlier_versions_are_not_lost() -> None:
    making = Making()
    passages = making.source("A page", ("It rained.",))
    old, new = making.claim("It rained a lot.", passages), making.claim("It rained.", passages)
    first = report_of("Did it rain?", (old,))
    second = report_of("Did it rain?", (new,), (Section(title="Empty", claims=()),))
    state = making.state(
        second,
        versions=(ReportVersion(number=1, report=first, at=AT), ReportVersion(number=2, report=second, at=AT)),
        marks={old.id: Mark(claim_id=old.id, verdict=Verdict.WRONG, note="Not a lot.", at=AT)},
    )
    manuscript = compose(state)
    assert "“It rained a lot.”" in everything(manuscript)
    assert "Not a lot." in everything(manuscript)
    assert "Empty" not in headings(manuscript)


def test_a_document_has_the_same_name_each_time_and_another_when_the_run_has_gone_on() -> None:
    state = disputes().state
    assert compose(state).identifier == compose(state).identifier
    assert compose(replace(state, length=state.length + 1)).identifier != compose(state).identifier
