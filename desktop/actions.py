"""Everything that can be done from the keyboard or the palette, in one table; the window gives each its meaning."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ActionId(StrEnum):
    """Names of the actions."""

    NEW = "new"
    PALETTE = "palette"
    FIND_HERE = "find_here"
    FIND_EVERYWHERE = "find_everywhere"
    EXPORT_MARKDOWN = "export_markdown"
    EXPORT_HTML = "export_html"
    ASK_AGAIN = "ask_again"
    CHANGE = "change"
    DEEPER = "deeper"
    CHECK = "check"
    MARK = "mark"
    SHORTEN = "shorten"
    TRANSLATE = "translate"
    AS_TABLE = "as_table"
    COMPARE = "compare"
    NEWEST = "newest"
    COPY_REPORT = "copy_report"
    EXPORT = "export"
    OPEN_BUNDLE = "open_bundle"
    PAUSE = "pause"
    STOP = "stop"
    WITHOUT_MODEL = "without_model"
    WRITE_NOW = "write_now"
    SKIP = "skip"
    LIBRARY = "library"
    ADD_FOLDER = "add_folder"
    MODELS = "models"
    UNLOAD_MODEL = "unload_model"
    ADD_MODEL = "add_model"
    SETTINGS = "settings"
    LOOK_UP = "look_up"
    NETWORK_SWITCH = "network_switch"
    PRIVACY = "privacy"
    SEARCH_ENGINES = "search_engines"
    FOLD_SESSIONS = "fold_sessions"
    FOLD_EVIDENCE = "fold_evidence"
    PLAN = "plan"
    SOURCES = "sources"
    TRACE = "trace"
    NETWORK = "network"
    SESSIONS = "sessions"
    SWITCH_APPEARANCE = "switch_appearance"
    LARGER = "larger"
    SMALLER = "smaller"
    SHORTCUTS = "shortcuts"
    BACK = "back"
    QUIT = "quit"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionText:
    """What an action is called and which keys do it."""

    text: str
    group: str
    keys: str = ""
    """In Qt's portable form; Ctrl is Command on macOS."""
    is_global: bool = True
    """Whether the keys work wherever the keyboard is; others only where no field wants them."""
    icon: str = "command"
    is_listed: bool = True
    """Whether the palette offers it."""


ACTIONS: dict[ActionId, ActionText] = {
    ActionId.NEW: ActionText(text="New question", group="Ask", keys="Ctrl+N", icon="plus"),
    ActionId.ASK_AGAIN: ActionText(text="Ask this again", group="Ask", keys="Ctrl+R", icon="arrow-counter-clockwise"),
    ActionId.PAUSE: ActionText(
        text="Pause or continue the run", group="Ask", keys="Space", is_global=False, icon="pause"
    ),
    ActionId.STOP: ActionText(text="Stop the run", group="Ask", keys="Ctrl+.", icon="stop"),
    ActionId.WITHOUT_MODEL: ActionText(text="Go on without a language model", group="Ask", icon="prohibit"),
    ActionId.WRITE_NOW: ActionText(text="Write the report now", group="Ask", icon="pen-nib"),
    ActionId.SKIP: ActionText(text="Skip the rest of this sub-question", group="Ask", icon="skip-forward"),
    ActionId.PALETTE: ActionText(text="Do anything…", group="Find", keys="Ctrl+K", is_listed=False),
    ActionId.FIND_HERE: ActionText(
        text="Find here", group="Find", keys="Ctrl+F", is_global=False, icon="magnifying-glass"
    ),
    ActionId.FIND_EVERYWHERE: ActionText(
        text="Search everything", group="Find", keys="Ctrl+Shift+F", icon="magnifying-glass"
    ),
    ActionId.SESSIONS: ActionText(text="Go to the sessions", group="Find", keys="Ctrl+1", icon="list"),
    ActionId.PLAN: ActionText(text="Go to the plan", group="Find", keys="Ctrl+2", icon="list-numbers"),
    ActionId.SOURCES: ActionText(text="Go to the sources", group="Find", keys="Ctrl+3", icon="books"),
    ActionId.TRACE: ActionText(text="Go to the trace", group="Find", keys="Ctrl+4", icon="list-bullets"),
    ActionId.NETWORK: ActionText(
        text="Go to what left this computer for this run", group="Find", keys="Ctrl+5", icon="globe"
    ),
    ActionId.CHANGE: ActionText(text="Change this report…", group="Report", keys="Ctrl+J", icon="note-pencil"),
    ActionId.DEEPER: ActionText(text="Go deeper…", group="Report", keys="Ctrl+D", icon="arrow-bend-down-right"),
    ActionId.CHECK: ActionText(text="Check the chosen claim again", group="Report", icon="checks"),
    ActionId.MARK: ActionText(
        text="Mark the chosen claim…",
        group="Report",
        keys="M",
        is_global=False,
        icon="pencil-simple",
    ),
    ActionId.SHORTEN: ActionText(text="Shorten the report", group="Report", icon="arrows-in-line-vertical"),
    ActionId.TRANSLATE: ActionText(text="Translate the report…", group="Report", icon="translate"),
    ActionId.AS_TABLE: ActionText(text="The report as a table", group="Report", icon="table"),
    ActionId.COMPARE: ActionText(text="Compare versions…", group="Report", keys="Ctrl+Shift+D", icon="git-diff"),
    ActionId.NEWEST: ActionText(
        text="Read the newest version of the report", group="Report", icon="clock-counter-clockwise"
    ),
    ActionId.EXPORT: ActionText(text="Export…", group="Report", keys="Ctrl+E", icon="export"),
    ActionId.EXPORT_MARKDOWN: ActionText(text="Export as Markdown…", group="Report", icon="export"),
    ActionId.EXPORT_HTML: ActionText(
        text="Export as a web page (HTML)…", group="Report", keys="Ctrl+Shift+E", icon="export"
    ),
    ActionId.COPY_REPORT: ActionText(
        text="Copy the report as Markdown", group="Report", keys="Ctrl+Shift+C", icon="copy"
    ),
    ActionId.OPEN_BUNDLE: ActionText(text="Open a bundle…", group="Window", icon="package"),
    ActionId.LIBRARY: ActionText(text="Library", group="Window", keys="Ctrl+L", icon="books"),
    ActionId.ADD_FOLDER: ActionText(text="Add a folder…", group="Window", keys="Ctrl+O", icon="folder-plus"),
    ActionId.MODELS: ActionText(text="Language model", group="Window", keys="Ctrl+Shift+M", icon="brain"),
    ActionId.ADD_MODEL: ActionText(text="Add a model file…", group="Window", icon="file-plus"),
    ActionId.UNLOAD_MODEL: ActionText(text="Unload the language model", group="Window", icon="eject"),
    ActionId.SETTINGS: ActionText(text="Settings", group="Window", keys="Ctrl+,", icon="gear-six"),
    ActionId.LOOK_UP: ActionText(
        text="Look something of this report up on the web…", group="Web", keys="Ctrl+Shift+L", icon="globe"
    ),
    ActionId.NETWORK_SWITCH: ActionText(
        text="Go offline or online", group="Web", keys="Ctrl+Shift+O", icon="wifi-slash"
    ),
    ActionId.PRIVACY: ActionText(
        text="Privacy: what left this computer", group="Web", keys="Ctrl+Shift+P", icon="shield-check"
    ),
    ActionId.SEARCH_ENGINES: ActionText(text="Search engines", group="Web", icon="magnifying-glass"),
    ActionId.FOLD_SESSIONS: ActionText(
        text="Fold or show the sidebar", group="Window", keys="Ctrl+B", icon="sidebar-left"
    ),
    ActionId.FOLD_EVIDENCE: ActionText(
        text="Fold or show plan, sources and trace", group="Window", keys="Ctrl+Shift+B", icon="sidebar-right"
    ),
    ActionId.SWITCH_APPEARANCE: ActionText(text="Switch between light and dark", group="Window", icon="moon"),
    ActionId.LARGER: ActionText(text="Larger text", group="Window", keys="Ctrl++", icon="text-aa"),
    ActionId.SMALLER: ActionText(text="Smaller text", group="Window", keys="Ctrl+-", icon="text-aa"),
    ActionId.SHORTCUTS: ActionText(
        text="Keyboard shortcuts", group="Window", keys="?", is_global=False, icon="keyboard"
    ),
    ActionId.BACK: ActionText(text="Back, close, leave", group="Window", keys="Esc", is_global=False, is_listed=False),
    ActionId.QUIT: ActionText(text="Close Plumbline", group="Window", keys="Ctrl+Q", icon="x"),
}
