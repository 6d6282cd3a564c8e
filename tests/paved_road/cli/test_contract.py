"""`road contract`, as people and CI call it."""

import json

from ..ownership.conftest import Repository


def test_check_is_content_with_contracts_that_agree(orderly: Repository) -> None:
    outcome = orderly.road("contract", "check")

    assert outcome.exit_code == 0
    assert outcome.stdout == "three contracts agree: example 1.0.0\n"


def test_check_refuses_drift_and_sync_mends_it(orderly: Repository) -> None:
    orderly.write("contracts/api.json", "{}")

    refused = orderly.road("contract", "check")
    mended = orderly.road("contract", "sync", inside="contracts")

    assert refused.exit_code == 1
    assert "contracts/api.json  API001  differs from contracts/model.yml" in refused.stdout
    assert mended.stdout == "contracts/api.json is written\n"
    assert orderly.road("contract", "check").exit_code == 0
    assert orderly.road("contract", "sync").stdout == "contracts/api.json is up to date\n"


def test_sync_writes_nothing_from_a_contract_that_is_broken(orderly: Repository) -> None:
    before = (orderly.root / "contracts/api.json").read_bytes()
    orderly.write("contracts/model.yml", "name: 3")

    outcome = orderly.road("contract", "sync", "--json")

    assert outcome.exit_code == 1
    assert {finding["code"] for finding in json.loads(outcome.stdout)["findings"]} == {"MODEL002"}
    assert (orderly.root / "contracts/api.json").read_bytes() == before


def test_check_tells_what_the_data_do_not_promise(orderly: Repository) -> None:
    file = orderly.root / "contracts/data.yml"
    file.write_text(file.read_text(encoding="utf-8").replace("name: channel", "name: way"), encoding="utf-8")

    outcome = orderly.road("contract", "check", "--json")

    document = json.loads(outcome.stdout)
    assert outcome.exit_code == 1
    assert "input channel is not a column of contracts/data.yml" in [f["fact"] for f in document["findings"]]
