"""What `make bench` ends with, from results that a run has kept: no server is started here."""

import copy
import json

import pytest
from bench import main, memory, paths, report, rows

RECORDED = {file.stem: json.loads(file.read_text()) for file in paths.RESULTS.glob("*.json")}
GROUPS = {group.name: group for group in rows.GROUPS}


def samples(name, rounds=3):
    """A recorded group as a run would have measured it, each round alike."""
    return {
        (case, peer): [dict(sample) for _ in range(rounds)]
        for case, peers in RECORDED[name]["medians"].items() for peer, sample in peers.items()}


def verdicts(name, change=lambda measured: None):
    measured = samples(name)
    change(measured)
    return report.verdicts(GROUPS[name], measured)


@pytest.fixture
def bench(tmp_path, monkeypatch, capsys):
    """Judges results as `Benchmarks/run --recorded` does; gives the exit code and what was told of misses."""
    def run(results, *arguments):
        for name, result in results.items():
            (tmp_path / f"{name}.json").write_text(json.dumps(result))
        monkeypatch.setattr(report, "RESULTS", tmp_path)
        monkeypatch.setattr("sys.argv", ["run", "--recorded", "--only", *results, *arguments])
        code = main.main()
        return code, capsys.readouterr().err

    return run


@pytest.mark.parametrize("name", GROUPS)
def test_each_row_of_the_issue_is_judged_and_the_recorded_run_met_it(name):
    found = verdicts(name)
    assert len(found) == sum(len(case.wanted) for case in GROUPS[name].cases)
    assert all(one["met"] for one in found)


@pytest.mark.parametrize("name", GROUPS)
def test_a_row_that_is_missed_is_named(name):
    for case in GROUPS[name].cases:
        for wanted in case.wanted:
            def slower(measured, case=case.name, wanted=wanted):
                for sample in measured[case, wanted.of]:
                    sample[wanted.metric] *= 100

            missed = [one for one in verdicts(name, slower) if not one["met"]]
            assert {(one["case"], one["of"], one["metric"]) for one in missed} == {
                (case.name, wanted.of, wanted.metric)}


def test_one_bad_round_of_several_decides_nothing():
    def one_round(measured):
        measured["1 x 100", "weft"][0]["server_cpu"] *= 100

    assert all(one["met"] for one in verdicts("unary", one_round))


def test_memory_over_its_megabytes_is_missed():
    megabytes = copy.deepcopy(RECORDED["memory"]["megabytes"])
    assert all(one["met"] for one in memory.verdicts(megabytes))
    megabytes["idle connections"]["weft"]["megabytes"] = 250.1
    assert [one["case"] for one in memory.verdicts(megabytes) if not one["met"]] == ["idle connections"]


def test_memory_of_what_is_only_told_decides_nothing():
    megabytes = copy.deepcopy(RECORDED["memory"]["megabytes"])
    megabytes[memory.MUTUAL_TLS] = {"weft": {"start": 20.0, "megabytes": 9000.0}}
    assert all(one["met"] for one in memory.verdicts(megabytes))


def test_a_run_that_meets_everything_ends_with_0(bench):
    code, told = bench({name: RECORDED[name] for name in GROUPS})
    assert (code, told) == (0, "")


def missing():
    result = copy.deepcopy(RECORDED["unary"])
    row = result["wanted"][0]
    row["came"], row["met"] = 0.5, False
    return {"unary": result, "tls": RECORDED["tls"]}


def test_a_run_that_misses_a_row_ends_with_1_and_says_which(bench):
    code, told = bench(missing())
    assert code == 1
    assert told.split("\n")[1:] == [
        "Missed:", "  unary 1 x 100: server_cpu of weft against grpc-cpp is 0.5, wanted at most 0.333", ""]


def test_a_run_that_only_reports_says_which_and_ends_with_0(bench):
    code, told = bench(missing(), "--report-only")
    assert code == 0
    assert "unary 1 x 100" in told


def test_allocations_that_grew_are_a_miss(bench):
    result = copy.deepcopy(RECORDED["allocations"])
    assert bench({"allocations": result})[0] == 0
    name = next(iter(result["counted"]))
    result["counted"][name] += 5
    code, told = bench({"allocations": result})
    assert code == 1
    assert name in told


def test_results_that_were_never_kept_are_told_of(bench):
    with pytest.raises(SystemExit, match="make bench ONLY=registry"):
        bench({}, "registry")
