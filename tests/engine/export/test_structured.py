import json

from fake_runs import finished_run, stopped_run

from engine.export import render_json
from engine.export.departures import Departures


def test_a_program_can_follow_every_sentence_to_its_words() -> None:
    state = finished_run(with_other_scripts=True).state
    content = json.loads(render_json(state, Departures()))
    passages = {passage["id"]: passage for passage in content["passages"]}
    sources = {source["id"]: source for source in content["sources"]}
    claims = content["report"]["answer"] + [
        claim for section in content["report"]["sections"] for claim in section["claims"]
    ]
    assert len(claims) == 11
    for claim in claims:
        assert claim["passages"]
        for passage in claim["passages"]:
            assert passages[passage]["source_id"] in sources
            assert content["labels"][str(passage)]
    assert content["receipt"]["stayed_here"] is True
    assert content["receipt"]["states"]["single_source"] == 3


def test_a_run_without_a_report_has_none() -> None:
    assert json.loads(render_json(stopped_run().state))["report"] is None
