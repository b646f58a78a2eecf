from engine.domain import ClaimState
from engine.export.manuscript import Grid, MarkLink, Paragraph, Sign, StyledCitation, Words
from engine.export.widths import column_shares


def cell(text: str) -> Paragraph:
    return Paragraph(inlines=(Words(text=text),))


def grid(*rows: tuple[str, ...]) -> Grid:
    return Grid(columns=rows[0], rows=tuple(tuple(map(cell, row)) for row in rows[1:]))


def test_a_column_of_sentences_is_wider_than_one_without_anything() -> None:
    shares = column_shares(
        grid(("Type", "Use"), ("Tree", "It is used wherever values are compared. " * 3), ("Hash", "—"))
    )
    assert abs(sum(shares) - 1) < 1e-9
    assert shares[1] > 4 * shares[0]


def test_no_column_is_narrower_than_its_longest_word_even_beside_a_whole_book() -> None:
    shares = column_shares(grid(("Name", "Text"), ("Multicolumn", "word " * 10_000)))
    assert shares[0] * 84 >= len("Multicolumn")


def test_a_word_without_an_end_takes_no_more_than_others() -> None:
    assert column_shares(grid(("A", "B", "C"), ("x" * 9_000, "y" * 9_000, "z" * 9_000))) == (1 / 3, 1 / 3, 1 / 3)


def test_many_empty_columns_are_all_there() -> None:
    shares = column_shares(grid(("",) * 50, ("",) * 50))
    assert len(shares) == 50
    assert min(shares) > 0


def test_marks_signs_and_citations_need_room_too() -> None:
    plain = Grid(columns=("A", "B"), rows=((cell("heron"), cell("heron")),))
    marked = Paragraph(
        inlines=(
            Words(text="heron "),
            StyledCitation(works=(), target="x"),
            MarkLink(label="1a", target="x", is_beside=True),
            Sign(state=ClaimState.SUPPORTED),
        )
    )
    assert column_shares(plain) == (0.5, 0.5)
    assert column_shares(Grid(columns=("A", "B"), rows=((cell("heron"), marked),)))[1] > 0.6
