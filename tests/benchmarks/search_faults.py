"""Plays every way in which search engines fail, and counts dead runs and false "no results".

    python tests/benchmarks/search_faults.py [--verbose] [--as-ddgs]

The engines are the real ones of the program, asked through the real door; what answers is a small web on this computer.
With ``--as-ddgs`` pages are judged as the library ddgs judges them, for comparison: what has no results has none.
"""

from __future__ import annotations

import argparse
import platform
import sys
import time
from datetime import date
from pathlib import Path

# The project first: below ``tests`` there is a folder ``engine``, too.
sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]

from search_faults import SCRIPTS, play_all  # noqa: E402

from engine.search import ddg  # noqa: E402
from engine.search.ddg_pages import EnginePage  # noqa: E402
from engine.search.provider import Found  # noqa: E402
from engine.search.refusal import Reply  # noqa: E402


def judged_as_ddgs(reply: Reply, *, visit: ddg.Visit, page: EnginePage, words: str) -> tuple[Found, ...]:
    if reply.status != 200 or not reply.text:
        return ()
    try:
        results = visit.results(reply)
    except Exception:
        return ()
    return tuple(Found(address=each.href, title=each.title, snippet=each.body) for each in results if each.href)


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--verbose", action="store_true", help="what was said of every engine")
    arguments.add_argument("--as-ddgs", action="store_true", help="judge pages as the library does")
    chosen = arguments.parse_args()
    if chosen.as_ddgs:
        ddg.judged = judged_as_ddgs
    began = time.monotonic()
    judgements = play_all()
    print(f"{date.today().isoformat()}, {platform.system()} {platform.machine()}, Python {platform.python_version()}")
    for judgement in judgements:
        for complaint in (
            *judgement.false_nothings,
            *judgement.wrong_states,
            *judgement.silent_failures,
            judgement.error,
        ):
            if complaint:
                print(f"  {judgement.script.name}: {complaint}")
        if chosen.verbose and judgement.searched is not None:
            print(judgement.script.name)
            for report in judgement.searched.engines:
                print(f"    {report.name:18} {report.state:12} {report.words}")
    asked = sum(len(each.searched.engines) for each in judgements if each.searched is not None)
    print(f"scripts                 {len(SCRIPTS)}")
    print(f"queries at engines      {asked}")
    print(f"dead runs               {sum(bool(each.error) for each in judgements)}")
    print(f'false "no results"      {sum(len(each.false_nothings) for each in judgements)}')
    print(f"  in scripts            {sum(bool(each.false_nothings) for each in judgements)}")
    print(f"other wrong statements  {sum(len(each.wrong_states) for each in judgements)}")
    print(f"failures without words  {sum(len(each.silent_failures) for each in judgements)}")
    print(f"seconds                 {time.monotonic() - began:.1f}")
    return 0 if all(each.is_good for each in judgements) else 1


if __name__ == "__main__":
    raise SystemExit(main())
