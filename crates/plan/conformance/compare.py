"""Plans beside other solvers, through the exported MPS files. See script/plan-solvers."""

import csv
import json
import random
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import highspy
import numpy
from scipy import optimize, sparse

ROOT = Path(__file__).resolve().parents[3]
DATA = ROOT / "crates/plan/testdata"
QUICK = "--quick" in sys.argv[1:]
MANDATE = next(argument for argument in sys.argv[1:] if argument != "--quick")
LARGEST = 1e-6
# Bytes of an MPS file that GLPK checks in exact arithmetic.
EXACT_UP_TO = 100_000
RANDOM = {"5 products, 12 workplaces": (5, 12), "20 products, 60 workplaces": (20, 60), "60 products, 240 workplaces": (60, 240)}
# H. P. Williams, Model Building in Mathematical Programming, 5th edition, part 3: the profits in pounds.
PUBLISHED = {"food-manufacture": 107_843, "factory-planning": 93_715}
CAPITAL = 1_000_000
SOUGHT = 1_200_000


def mandate(*arguments):
    run = subprocess.run([MANDATE, "plan", *map(str, arguments)], capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"mandate plan {' '.join(map(str, arguments))}: {run.stderr}")
    return run.stdout


def highs(mps):
    solver = highspy.Highs()
    solver.silent()
    solver.readModel(str(mps))
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    return solver.getInfo().objective_function_value


def steepness(mps):
    """By how much the optimum moves when needs may be held to a thousand-millionth less, which is the last decimal that a
    plan has, and about what a solver leaves open."""
    solver = highspy.Highs()
    solver.silent()
    solver.readModel(str(mps))
    solver.run()
    before = solver.getInfo().objective_function_value
    program = solver.getLp()
    for at, (name, least, most) in enumerate(zip(program.col_names_, program.col_lower_, program.col_upper_)):
        if name.startswith("need.") and least > 0:
            solver.changeColBounds(at, max(0.0, least - 1e-9), most)
    solver.run()
    return abs(solver.getInfo().objective_function_value - before)


def scipy(mps):
    """The same rows and columns handed to linprog; HiGHS only reads the file."""
    reader = highspy.Highs()
    reader.silent()
    reader.readModel(str(mps))
    program = reader.getLp()
    rows = program.a_matrix_
    matrix = sparse.csc_matrix((rows.value_, rows.index_, rows.start_), shape=(program.num_row_, program.num_col_))
    if rows.format_ == highspy.MatrixFormat.kRowwise:
        matrix = sparse.csr_matrix((rows.value_, rows.index_, rows.start_), shape=(program.num_row_, program.num_col_))
    matrix = sparse.csr_matrix(matrix)
    lower, upper = numpy.array(program.row_lower_), numpy.array(program.row_upper_)
    above, below = numpy.isfinite(upper), numpy.isfinite(lower)
    found = optimize.linprog(
        numpy.array(program.col_cost_),
        A_ub=sparse.vstack([matrix[above], -matrix[below]]),
        b_ub=numpy.concatenate([upper[above], -lower[below]]),
        bounds=numpy.column_stack([program.col_lower_, program.col_upper_]),
        method="highs-ipm",
    )
    return found.fun + program.offset_ if found.status == 0 else None


def glpk(mps):
    solution = mps.with_suffix(".glpk")
    # Where little is left for a stage, GLPK's own tolerance of 1e-7 is more than the stage: small programs in fractions.
    exact = ["--xcheck"] if mps.stat().st_size < EXACT_UP_TO else []
    subprocess.run(["glpsol", "--freemps", mps, "--write", solution, *exact], capture_output=True, check=False)
    for line in solution.read_text().splitlines():
        if line.startswith("s bas"):
            fields = line.split()
            return float(fields[6]) if fields[4:6] == ["f", "f"] else None
    return None


def cbc(mps):
    said = subprocess.run(["cbc", mps, "-primalTolerance", "1e-10", "-solve", "-solution", mps.with_suffix(".cbc")], capture_output=True, text=True)
    solution = mps.with_suffix(".cbc")
    lines = solution.read_text().splitlines() if solution.exists() else [said.stdout]
    if not lines[0].startswith("Optimal"):
        return None
    # The objective is printed with eight places, which are too few where it is near nought; columns have eight digits.
    costs = {}
    for line in mps.read_text().splitlines():
        fields = line.split()
        if len(fields) == 3 and fields[1] == "goal":
            costs[fields[0]] = float(fields[2])
    values = (line.replace("**", "").split() for line in lines[1:])
    return sum(costs.get(fields[1], 0.0) * float(fields[2]) for fields in values)


SOLVERS = {"HiGHS": highs, "SciPy": scipy, "GLPK": glpk, "CBC": cbc}
COARSE = ("GLPK", "CBC")
COLUMNS = [*SOLVERS, "reached", "steep", "differs"]


def compare(economy, folder):
    """How far the solvers' optima are from ours over the stages of the tiers, and from what the plan reaches.

    Ours is the bound of the certificate: it follows from the plan's prices alone, and is the optimum itself where those are
    the optimal ones. What the plan reaches is less, by what each stage gives way to later ones and by rounding.
    Differences are shares of the optimum, but at least of a thousandth of full fulfilment, as gaps are
    (docs/certificate.md). None where a solver found no optimum.

    GLPK and CBC hold limits to within about a thousand-millionth. Where the optimum is so steep that this moves it, by
    that much they may differ more; "steep" says by how much it moves.
    """
    plan = folder / "plan.json"
    mandate("solve", economy, "--out", plan)
    stages = json.loads(plan.read_text())["stages"]
    weights = defaultdict(float)
    with open(economy / "needs.csv", newline="", encoding="utf-8") as file:
        for need in csv.DictReader(file):
            weights[int(need["tier"])] += float(need.get("weight") or 1)
    widest = dict.fromkeys(COLUMNS, 0.0)
    for number, stage in enumerate(stages, start=1):
        if stage["goal"] not in ("common", "weighted"):
            continue
        mps = folder / f"stage{number}.mps"
        mandate("export", economy, "--plan", plan, "--stage", number, "--mps", mps)
        value, bound = float(stage["value"]), float(stage["bound"])
        full = 1 if stage["goal"] == "common" else weights[stage["tier"]]
        size = max(abs(bound), full / 1000)
        widest["reached"] = max(widest["reached"], abs(bound - value) / size)
        steep = steepness(mps) / size
        widest["steep"] = max(widest["steep"], steep)
        for name, solve in SOLVERS.items():
            optimum = solve(mps)
            if optimum is None or widest[name] is None:
                print(f"  {economy}: {name} found no optimum at stage {number}", file=sys.stderr)
                widest[name] = None
                continue
            difference = abs(-optimum - bound) / size
            widest[name] = max(widest[name], difference)
            if difference > LARGEST + (steep if name in COARSE else 0.0):
                print(f"  {economy}: {name} differs by {difference:.1e} at stage {number}", file=sys.stderr)
                widest["differs"] = True
    return widest, stages


def write(folder, name, header, rows):
    with open(folder / name, "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header)
        out.writerows(rows)


def random_economy(folder, products, workplaces, seed):
    """Each activity gives more of its product than it takes of all together; needs in two tiers ask for too much."""
    chance = random.Random(seed)
    folder.mkdir()
    names = [f"p{number:03}" for number in range(products)]
    acts = [f"a{number:03}" for number in range(workplaces)]
    write(folder, "economy.csv", ["key", "value"],
          [["format", "mandate-economy-1"], ["labour-unit", "hours"], ["labour-decimals", 0]])
    write(folder, "products.csv", ["product", "unit", "decimals", "import_limit", "stock"],
          [[p, "t", 1, chance.randrange(400), chance.randrange(50)] for p in names])
    write(folder, "labour.csv", ["grade", "available"], [["all", 30 * workplaces]])
    write(folder, "workplaces.csv", ["workplace", "branch"], [[a, f"b{i % 3}"] for i, a in enumerate(acts)])
    made = {a: names[i % products] for i, a in enumerate(acts)}
    write(folder, "activities.csv", ["activity", "workplace", "group", "capacity"],
          [[a, a, made[a], chance.randrange(200, 1300) / 1000] for a in acts])
    write(folder, "outputs.csv", ["activity", "product", "quantity"],
          [[a, made[a], chance.randrange(500, 1500)] for a in acts])
    write(folder, "inputs.csv", ["activity", "product", "quantity"],
          [[a, p, chance.randrange(1, 90)] for a in acts for p in chance.sample(names, 4)])
    write(folder, "hours.csv", ["activity", "grade", "quantity"], [[a, "all", chance.randrange(1, 90)] for a in acts])
    needs = [f"n{number}" for number in range(6)]
    write(folder, "needs.csv", ["need", "tier", "weight"],
          [[n, 1 + i % 2, chance.randrange(1, 50) / 10] for i, n in enumerate(needs)])
    share = workplaces // products
    write(folder, "bundles.csv", ["need", "product", "quantity"],
          [[n, p, chance.randrange(1, 400) * share] for n in needs for p in chance.sample(names, 4)])
    return folder


def main():
    failed = False
    columns = COLUMNS[:-1]
    print(f"{'economy':<36}" + "".join(f"{name:>12}" for name in columns) + "   published")

    def row(name, widest, note=""):
        nonlocal failed
        values = [widest[name] for name in columns]
        shown = "".join(f"{'none' if value is None else f'{value:.1e}':>12}" for value in values)
        print(f"{name:<36}{shown}   {note}", flush=True)
        failed |= bool(widest["differs"]) or any(value is None for value in values)

    with tempfile.TemporaryDirectory() as temporary:
        base = Path(temporary)
        mandate("import", "bea", DATA / "us-2017-summary", "--out", base / "whole")
        mandate("vary", base / "whole", "--imports", "211=1/2", "--labour", "19/20", "--out", base / "summary")
        row("summary-2017, oil and labour short", compare(base / "summary", base)[0])
        if not QUICK:
            mandate("import", "bea", DATA / "us-2017-detail", "--tiers", "1", "--out", base / "detail-whole")
            mandate("vary", base / "detail-whole", "--imports", "211000=1/2", "--labour", "19/20", "--out", base / "detail")
            row("detail-2017, one tier", compare(base / "detail", base)[0])
        for name, published in PUBLISHED.items():
            widest, stages = compare(DATA / "williams" / name, base)
            profit = float(stages[0]["value"]) * SOUGHT - CAPITAL
            agrees = abs(profit - published) < 1
            failed |= not agrees
            row(f"Williams, {name}", widest, f"{published} pounds, here {profit:.2f}" + ("" if agrees else " DIFFERS"))
        count = 3 if QUICK else 10
        for name, (products, workplaces) in RANDOM.items():
            together = dict.fromkeys(COLUMNS, 0.0)
            for seed in range(count):
                folder = random_economy(base / f"{products}-{seed}", products, workplaces, seed)
                for solver, difference in compare(folder, base)[0].items():
                    worst = together[solver]
                    together[solver] = None if None in (worst, difference) else max(worst, difference)
            row(f"{count} random: {name}", together)
    sys.exit(1 if failed else 0)


main()
