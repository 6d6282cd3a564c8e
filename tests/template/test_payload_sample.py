"""Of a sampled request an operator sees what the example's own data contract lets the house see, and no more."""

import json
from pathlib import Path

import pytest
import yaml

from tests.template import served

pytestmark = pytest.mark.xdist_group("life")

HIDDEN = "[hidden]"


def test_a_sample_shows_what_is_internal_and_hides_the_rest(
    handed_over: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contract = yaml.safe_load((handed_over / "contracts/data.yml").read_text(encoding="utf-8"))
    classes = {column["name"]: column["classification"] for column in contract["schema"][0]["properties"]}
    monkeypatch.setenv("ROAD_SAMPLE", "1")
    log = tmp_path / "log"

    with served.started(handed_over, f".venv/bin/road serve --port 0 --json 2>{log}") as server:
        assert server.stdout
        said = json.loads(server.stdout.readline())
        served.ask(said)
        served.interrupt(server)

    (sample,) = [line for line in map(json.loads, log.read_text().splitlines()) if line["event"] == "sample"]
    ((record,), (prediction,)) = sample["records"], sample["predictions"]
    shown = {name for name, value in record.items() if value != HIDDEN}
    assert shown == {name for name in record if classes[name] == "internal"}
    assert {"merchant_category", "channel", "local_hour"} < shown
    assert not {"amount", "card_issued_at", "distance_from_home_km"} & shown
    assert all(json.dumps(record[name]) in said["try"] for name in shown)
    assert classes["is_fraud"] == "confidential" and set(prediction.values()) == {HIDDEN}
