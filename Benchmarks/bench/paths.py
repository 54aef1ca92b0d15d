"""Where things lie."""
import pathlib

BENCHMARKS = pathlib.Path(__file__).resolve().parent.parent
ROOT = BENCHMARKS.parent
SCRATCH = ROOT / ".build" / "bench-peers"
RESULTS = BENCHMARKS / "results"
BUDGET = BENCHMARKS / "budget.json"
PROTO = BENCHMARKS / "Protos" / "bench.proto"
PYTHON = ROOT / ".tools" / "venv" / "bin" / "python"
