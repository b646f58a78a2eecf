"""Why a page could not be read, in words for people: what happened, and how it can be had all the same."""

from __future__ import annotations

from engine.domain import Obstacle
from engine.errors import DocumentUnreadable
from models.http import ConnectionProblem, Trouble

RESCUE = "Open it in your browser, save the page, and drop the file here."


def of_connection(problem: ConnectionProblem) -> DocumentUnreadable:
    """Return a problem with a connection as the reason why a page cannot be read."""
    match problem.trouble:
        case Trouble.NOT_ALLOWED | Trouble.ADDRESS:
            return DocumentUnreadable(problem.title, hint=problem.hint, obstacle=Obstacle.REFUSED)
        case Trouble.TOO_SLOW:
            return DocumentUnreadable(problem.title, hint=f"It took too long. {RESCUE}", obstacle=Obstacle.SLOW)
        case Trouble.TOO_LARGE:
            return DocumentUnreadable(problem.title, hint=problem.hint)
        case Trouble.NONSENSE:
            return DocumentUnreadable(problem.title, hint=RESCUE, obstacle=Obstacle.UNREACHABLE)
    hint = problem.hint if problem.trouble is Trouble.PROXY else f"{problem.hint} {RESCUE}"
    return DocumentUnreadable(problem.title, hint=hint, obstacle=Obstacle.UNREACHABLE)


def again(reason: DocumentUnreadable) -> DocumentUnreadable:
    """Return the same reason to be raised once more: an exception carries where it was raised."""
    return DocumentUnreadable(reason.title, hint=reason.hint, obstacle=reason.obstacle)


def not_an_address(address: str) -> DocumentUnreadable:
    """Return the reason for what is no address of the web."""
    return DocumentUnreadable(
        "This is no address of a web page",
        hint=f"“{address[:100]}” should begin with https:// or http://.",
        obstacle=Obstacle.REFUSED,
    )


def unwanted(host: str, *, by_redirect: bool = False) -> DocumentUnreadable:
    """Return the reason for a site that the person's lists leave out."""
    return DocumentUnreadable(
        f"The page sends us on to {host}, which you left out" if by_redirect else f"You left {host} out",
        hint="It was not opened. Change the lists of sites to read it.",
        obstacle=Obstacle.REFUSED,
    )


def enough_pages(host: str, *, pages: int) -> DocumentUnreadable:
    """Return the reason for the page after the last that a host may give for one question, or in a run."""
    return DocumentUnreadable(
        f"{pages} pages of {host} were asked for already, the most for one question",
        hint=f"This one was left alone. {RESCUE}",
        obstacle=Obstacle.LIMIT,
    )


def too_slow(host: str, *, seconds: float) -> DocumentUnreadable:
    """Return the reason for a page that took, or a host that has taken, all the time there was."""
    return DocumentUnreadable(
        f"{host} is too slow",
        hint=f"It was given up after {seconds:.0f} seconds. {RESCUE}",
        obstacle=Obstacle.SLOW,
    )


def forbidden_by_robots(host: str) -> DocumentUnreadable:
    """Return the reason for a page that its site does not give to programs."""
    return DocumentUnreadable(
        f"{host} does not want programs to read this page",
        hint=f"Its robots.txt says so. {RESCUE}",
        obstacle=Obstacle.ROBOTS,
    )


def robots_unknown(host: str, *, why: str) -> DocumentUnreadable:
    """Return the reason for a site whose rules could not be asked for."""
    return DocumentUnreadable(
        f"{host} could not say what programs may read",
        hint=f"Its robots.txt could not be fetched ({why}), so no page was. {RESCUE}",
        obstacle=Obstacle.ROBOTS,
    )


def needs_login(host: str, *, is_paid: bool = False) -> DocumentUnreadable:
    """Return the reason for what is shown only to people who have signed in, agreed or paid."""
    title = f"{host} shows this page to subscribers only" if is_paid else f"{host} wants you to sign in first"
    return DocumentUnreadable(title, hint=f"If you have access: {_lowered(RESCUE)}", obstacle=Obstacle.LOGIN)


def needs_consent(host: str) -> DocumentUnreadable:
    """Return the reason for a page behind a question that only a person may answer."""
    return DocumentUnreadable(
        f"{host} wants you to agree to something first",
        hint=f"Only you can do that. {RESCUE}",
        obstacle=Obstacle.LOGIN,
    )


def wants_a_person(host: str) -> DocumentUnreadable:
    """Return the reason for a page behind a test that programs fail."""
    return DocumentUnreadable(f"{host} wants to see that you are a person", hint=RESCUE, obstacle=Obstacle.CAPTCHA)


def takes_us_for_a_robot(host: str, *, status: int) -> DocumentUnreadable:
    """Return the reason for a refusal that comes without words."""
    return DocumentUnreadable(
        f"{host} does not answer programs",
        hint=f"It refused the request (status {status}). {RESCUE}",
        obstacle=Obstacle.CAPTCHA,
    )


def wants_patience(host: str, *, wait_s: float | None = None) -> DocumentUnreadable:
    """Return the reason for a host that has had too many requests or is overloaded."""
    later = ""
    if wait_s:
        span = f"{wait_s:.0f} seconds" if wait_s < 120 else f"{wait_s / 60:,.0f} minutes"
        later = f" It asks to wait {span}."
    return DocumentUnreadable(
        f"{host} asks for patience",
        hint=f"It answers nobody or too many at the moment.{later} {RESCUE}",
        obstacle=Obstacle.UNREACHABLE,
    )


def gone(host: str) -> DocumentUnreadable:
    """Return the reason for a page that does not exist any more."""
    return DocumentUnreadable(f"{host} has no such page", hint="It was moved or deleted.", obstacle=Obstacle.GONE)


def forbidden_by_law(host: str) -> DocumentUnreadable:
    """Return the reason for what a server may not show."""
    return DocumentUnreadable(
        f"{host} may not show this page here", hint="It says that a law or a court is against it (status 451)."
    )


def failing(host: str, *, status: int) -> DocumentUnreadable:
    """Return the reason for a server that says that it has a problem."""
    return DocumentUnreadable(
        f"{host} has a problem of its own",
        hint=f"It answered with status {status}. Try again later. {RESCUE}",
        obstacle=Obstacle.UNREACHABLE,
    )


def unusual(host: str, *, status: int) -> DocumentUnreadable:
    """Return the reason for an answer that is no page."""
    return DocumentUnreadable(
        f"{host} did not answer with a page",
        hint=f"Its answer had status {status}. {RESCUE}",
        obstacle=Obstacle.OTHER,
    )


def cut(host: str) -> DocumentUnreadable:
    """Return the reason for a file of which only a useless part arrived."""
    return DocumentUnreadable(
        f"The connection to {host} was cut in the middle",
        hint=f"What had arrived cannot be read without the rest. {RESCUE}",
        obstacle=Obstacle.UNREACHABLE,
    )


def garbled(host: str) -> DocumentUnreadable:
    """Return the reason for a body that is packed in a way that makes no sense."""
    return DocumentUnreadable(
        f"{host} sent something that cannot be unpacked",
        hint=f"It is damaged, or was made to do harm. {RESCUE}",
        obstacle=Obstacle.OTHER,
    )


def wrong_kind(host: str, *, kind: str) -> DocumentUnreadable:
    """Return the reason for what has no text in it."""
    return DocumentUnreadable(
        f"The address leads to {kind}, not to text",
        hint=f"{host} says so itself; it was not downloaded. Pages, PDF and office files can be read.",
        obstacle=Obstacle.OTHER,
    )


def too_large(host: str, *, limit_bytes: int) -> DocumentUnreadable:
    """Return the reason for a file that cannot be read in part and is too much as a whole."""
    return DocumentUnreadable(
        f"The file on {host} is too large",
        hint=f"Files from the web are read up to {limit_bytes >> 20} MB. Download it and add it to the library.",
        obstacle=Obstacle.OTHER,
    )


def no_room(host: str) -> DocumentUnreadable:
    """Return the reason for a large file that the disk has no room for while it is read."""
    return DocumentUnreadable(
        f"There is no room on the disk for the file from {host}",
        hint="Large files are kept there while they are read. Make room, then ask again.",
    )


def stopped() -> DocumentUnreadable:
    """Return the reason for a page whose reader was ended before it was done."""
    return DocumentUnreadable("Reading was stopped", hint="The page is read the next time.")


def our_mistake(name: str) -> DocumentUnreadable:
    """Return the reason for a page that we failed to deal with."""
    return DocumentUnreadable(f"Plumbline made a mistake with this page ({name})", hint=f"It was logged. {RESCUE}")


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
