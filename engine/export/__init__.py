"""Reports as files: each format is rendered from the run's state, and saved so that no half file ever appears."""

from engine.export.formats import STYLED_FORMATS, TEXT_FORMATS, ReportFormat, format_of, render, render_bytes
from engine.export.html import render_html
from engine.export.markdown import render_markdown
from engine.export.saving import save
from engine.export.structured import render_json, render_trace_line
from engine.export.text import render_text

__all__ = [
    "STYLED_FORMATS",
    "TEXT_FORMATS",
    "ReportFormat",
    "format_of",
    "render",
    "render_bytes",
    "render_html",
    "render_json",
    "render_markdown",
    "render_text",
    "render_trace_line",
    "save",
]
