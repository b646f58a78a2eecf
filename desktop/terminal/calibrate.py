"""``plumbline models calibrate``: measures how well the model judges whether passages say a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from desktop.terminal.cast import opened_runtime, tell_about, wanted_choice
from desktop.terminal.exit_codes import ExitCode
from desktop.terminal.interruption import Interruption
from desktop.terminal.streams import Style, Terminal
from desktop.terminal.web import opened_door
from engine.agent.state import RunState
from engine.calibrating import Cancelled, LabelledPair, carried_pairs, judged_cases, left_to_the_model, marked_pairs
from engine.citations.calibration import LEAST_OF_EACH, Calibration, Quality, TooFewCases, calibrated
from engine.citations.calibration_store import keep_calibration
from engine.counting import counted
from engine.errors import PlumblineError
from engine.research import History
from models.errors import LoadCancelled, ModelUnusable


def calibrate_model(data_folder: Path, wanted: str | None, *, terminal: Terminal) -> ExitCode:
    """Ask the model about sentences of which the answer is known, say how good it is, and keep that.

    Args:
        data_folder: where it is kept, and whose reports were marked.
        wanted: which model, as for ``ask``; None: the one that is chosen to read and judge.
        terminal: the streams.

    Raises:
        ModelError: the model cannot be used.
    """
    choice = wanted_choice(data_folder, wanted, terminal=terminal)
    judging = choice.reading or choice.policy
    if judging is None:
        raise ModelUnusable(
            "No language model is chosen", hint="Choose one:  plumbline models use NAME\nGet one:  plumbline models get"
        )
    carried, marked = carried_pairs(), marked_by_a_person(data_folder)
    asked = left_to_the_model((*carried, *marked))
    interruption = Interruption(terminal)
    with (
        interruption.watching(),
        opened_door(data_folder, terminal=terminal) as door,
        opened_runtime(data_folder, choice, door=door, terminal=terminal) as runtime,
    ):
        model = runtime.models_for(choice).reading
        try:
            about = model.about(is_cancelled=interruption.should_stop)
            tell_about(about, choice, terminal=terminal)
            _tell_pairs(carried, marked, asked, terminal=terminal)
            cases = judged_cases(
                model,
                asked,
                on_progress=_Progress(terminal),
                is_cancelled=interruption.should_stop,
            )
        except (LoadCancelled, Cancelled):
            return ExitCode.STOPPED
    try:
        calibration = calibrated(cases)
    except TooFewCases:
        terminal.warn(f"The model could answer too few of them: {LEAST_OF_EACH} true and as many false are needed.")
        return ExitCode.PROBLEM
    _tell_result(calibration, terminal=terminal)
    try:
        keep_calibration(data_folder, judging, calibration, name=about.name)
    except OSError as error:
        terminal.warn(f"It could not be kept: {error.strerror or error}")
        return ExitCode.PROBLEM
    terminal.note("Kept. Reports that this model checks use it from now on.")
    return ExitCode.DONE


def marked_by_a_person(data_folder: Path) -> tuple[LabelledPair, ...]:
    """Return what was marked as right or wrong in the reports of a data folder; none where it has none."""
    try:
        history = History.open(data_folder)
    except PlumblineError:
        return ()
    try:
        return marked_pairs(_states(history))
    finally:
        history.close()


def _states(history: History) -> Iterator[RunState]:
    for session in history.sessions():
        for run_id in history.runs(session.id):
            # The marks in a report that came in a file are somebody else's.
            if history.origin(run_id) is None:
                yield history.state(run_id)


class _Progress:
    """One line that is written over."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    def __call__(self, done: int, pairs: int) -> None:
        self._terminal.live(f"{done} of {counted(pairs, 'sentence')} judged")


def _tell_pairs(
    carried: tuple[LabelledPair, ...],
    marked: tuple[LabelledPair, ...],
    asked: tuple[LabelledPair, ...],
    *,
    terminal: Terminal,
) -> None:
    own = f", and {counted(len(marked), 'sentence')} that you have marked" if marked else ""
    terminal.note(f"There are {counted(len(carried), 'sentence')} that come with Plumbline{own}.")
    settled = len(carried) + len(marked) - len(asked)
    terminal.note(f"It is asked about {len(asked)} of them; the other {settled} are settled without a model.")


def _tell_result(calibration: Calibration, *, terminal: Terminal) -> None:
    false = calibration.cases - calibration.true
    terminal.say(f": {calibration.true} true and {false} false", lead="Judged", style=Style.HEADING)
    for lead, quality in (("As it comes", calibration.before), ("Calibrated", calibration.after)):
        terminal.say(f": {_quality_words(quality)}", lead=lead, style=Style.HEADING)
    terminal.say("  Brier score: 0 is perfect, 0.25 is chance. Calibration error: how far its percentages are off.")
    if not calibration.is_telling:
        terminal.warn("Its judgement does not tell true sentences from false ones. Choose another model to judge.")


def _quality_words(quality: Quality) -> str:
    return f"Brier score {quality.brier:.3f}, calibration error {quality.error:.3f}"
