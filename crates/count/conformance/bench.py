"""Measures counting beside other programs and prints a table: what, here, peer, ratio.

A peer that is a Python package is measured without its start and without reading files, this program with both.
Each figure is the best of several runs.
"""

import glob
import multiprocessing
import os
import random
import subprocess
import sys
import tempfile
import time
import warnings

warnings.filterwarnings("ignore")

import abcvoting.abcrules
import abcvoting.preferences
import numpy
import pref_voting.margin_based_methods
import pref_voting.proportional_methods
from pabutools.election import ApprovalBallot, ApprovalProfile, Cost_Sat, Instance, Project
from pabutools.rules import method_of_equal_shares
from pref_voting.profiles import Profile
from pref_voting.profiles_with_ties import ProfileWithTies

MANDATE, STV_RS = sys.argv[1:3]
BALLOTS = int(os.environ.get("BENCH_BALLOTS", "10000000"))
WARDS = "crates/count/testdata/scottish-elections"
SEED = "5a" * 32
# A peer that would take hours is stopped after this, and the ratio is a lower bound.
PATIENCE_SECONDS = 90
STARTER = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(usage.ru_utime + usage.ru_stime, usage.ru_maxrss)
"""


def row(what, here, peer, ratio):
    print(f"| {what} | {here} | {peer} | {ratio} |", flush=True)


def seconds(run, times=7):
    best = None
    for _ in range(times):
        start = time.perf_counter()
        run()
        best = min(best or 1e9, time.perf_counter() - start)
    return best


def seconds_at_most(run, limit):
    """How long it takes in a process of its own, which is stopped at the limit; and whether it came to its end."""
    process = multiprocessing.get_context("fork").Process(target=run)
    start = time.perf_counter()
    process.start()
    process.join(limit)
    taken = time.perf_counter() - start
    finished = process.exitcode == 0
    if process.is_alive():
        process.terminate()
        process.join()
    return taken, finished


def processor_seconds(command, times=3):
    """Processor time of a process, and its peak memory in bytes.

    A small process starts it: a child's peak memory counts from that of the process it was forked from.
    """
    best, peak = 1e9, 0
    for _ in range(times):
        starter = [sys.executable, "-S", "-E", "-c", STARTER, *command]
        answer = subprocess.run(starter, capture_output=True, text=True, check=True).stdout
        processor, kibibytes = answer.split()
        best, peak = min(best, float(processor)), int(kibibytes) * 1024
    return best, peak


def milliseconds(value):
    return f"{value * 1000:.1f} ms"


def read_ward(path):
    """Seats, candidates and ballots of a ward, read as plainly as possible."""
    lines = open(path, encoding="utf-8-sig").read().splitlines()
    candidates, seats = map(int, lines[0].split())
    ballots = []
    for line in lines[1:]:
        numbers = [int(number) for number in line.split()]
        if numbers == [0]:
            return seats, candidates, ballots
        ballots.append((numbers[0], [number - 1 for number in numbers[1:-1]]))


def wards():
    return sorted(path for path in glob.glob(f"{WARDS}/*.blt") if "malformed" not in path)


def scottish():
    profiles = []
    for path in wards():
        seats, candidates, ballots = read_ward(path)
        rankings = [{candidate: rank + 1 for rank, candidate in enumerate(ranking)} for _, ranking in ballots]
        weights = [weight for weight, _ in ballots]
        profiles.append((seats, ProfileWithTies(rankings, weights, candidates=list(range(candidates)))))

    def peer():
        for seats, profile in profiles:
            pref_voting.proportional_methods.stv_scottish(profile, num_seats=seats)

    here = seconds(lambda: subprocess.run([MANDATE, "count", "scottish-stv", *wards()], stdout=subprocess.DEVNULL))
    there = seconds(peer, 1)
    row("54 wards, Scottish rule, one process", milliseconds(here), f"pref_voting {milliseconds(there)}", f"{there / here:.0f}×")


def meek(folder):
    here = there = 0
    for path in wards():
        seats, candidates, ballots = read_ward(path)
        plain = os.path.join(folder, "ward.blt")
        with open(plain, "w") as file:
            names = [f"c{candidate}" for candidate in range(candidates)]
            file.write(f"{candidates} {seats}\n[nick {' '.join(names)}]\n")
            for weight, ranking in ballots:
                file.write(f"{weight} {' '.join(names[candidate] for candidate in ranking)} 0\n")
            file.write("0\n" + "".join(f'"{name}"\n' for name in names) + '"ward"\n')
        command = [STV_RS, "--arithmetic", "bigfixed9", "--input", plain, "meek", "--parallel", "no"]
        there += processor_seconds(command)[0]
        here += processor_seconds([MANDATE, "count", "meek", path])[0]
    row("54 wards, Meek, nine decimal places, a process each", milliseconds(here), f"stv-rs {milliseconds(there)}", f"{there / here:.1f}×")


def fractions():
    """Meek's rule in fractions on the ward with most different ballots, beside nine decimal places."""
    path = max(wards(), key=lambda path: len(open(path, encoding="utf-8-sig").readlines()))
    rational = [MANDATE, "count", "meek", path, "--arithmetic", "rational"]
    text = subprocess.run(rational, capture_output=True, text=True, check=True).stdout
    digits = text.split("has ")[-1].split(" digits")[0]
    here = seconds(lambda: subprocess.run(rational, stdout=subprocess.DEVNULL))
    decimal = seconds(lambda: subprocess.run([MANDATE, "count", "meek", path], stdout=subprocess.DEVNULL))
    what = f"Meek in fractions, {os.path.basename(path)}, numbers of up to {digits} digits"
    row(what, milliseconds(here), f"nine decimal places {milliseconds(decimal)}", f"{here / decimal:.0f} times as long")


def many_candidates(folder):
    """Bad input's limit: ten thousand candidates, who are excluded one by one."""
    rng = random.Random(23)
    path = os.path.join(folder, "many.blt")
    with open(path, "w") as file:
        file.write("10000 50\n")
        for _ in range(20_000):
            file.write(f"1 {' '.join(map(str, rng.sample(range(1, 10_001), rng.randint(1, 20))))} 0\n")
        file.write("0\n" + "".join(f'"c{number}"\n' for number in range(1, 10_001)))
    for rule in ["scottish-stv", "ers97", "meek"]:
        here, peak = processor_seconds([MANDATE, "count", rule, path, "--seed", SEED], 1)
        row(f"{rule}, 10,000 candidates, 20,000 ballots, 50 seats", f"{here:.1f} s, {peak / 1e6:.0f} MB", "–", "–")


def large(folder):
    path = os.path.join(folder, "large.blt")
    rng = numpy.random.default_rng(7)
    with open(path, "w") as file:
        file.write("20 5\n")
        left = BALLOTS
        while left > 0:
            count = min(left, 100_000)
            rankings = numpy.argsort(rng.random((count, 20)), axis=1) + 1
            lengths = rng.integers(1, 21, count)
            file.write("".join(
                f"1 {' '.join(map(str, ranking[:length]))} 0\n" for ranking, length in zip(rankings.tolist(), lengths)
            ))
            left -= count
        file.write("0\n" + "".join(f'"c{number}"\n' for number in range(1, 21)))
    size = os.path.getsize(path)
    there, _ = processor_seconds(["wc", "-w", path])
    here, peak = processor_seconds([MANDATE, "count", "scottish-stv", path])
    row(f"{BALLOTS:,} ballots of 20 candidates ({size / 1e6:.0f} MB), read and counted", f"{here:.2f} s", f"wc -w {there:.2f} s", f"{here / there:.2f} of it")
    row("the same, peak memory", f"{peak / 1e6:.0f} MB", f"file {size / 1e6:.0f} MB", f"{peak / size:.2f} of it")


def pairs(folder):
    rng = random.Random(11)
    for candidates in [100, 1000]:
        rankings = [rng.sample(range(candidates), candidates) for _ in range(201)]
        path = os.path.join(folder, "pairs.blt")
        with open(path, "w") as file:
            file.write(f"{candidates} 1\n")
            file.writelines(f"1 {' '.join(str(candidate + 1) for candidate in ranking)} 0\n" for ranking in rankings)
            file.write("0\n" + "".join(f'"c{number}"\n' for number in range(candidates)))
        for rule, method in [
            ("schulze", pref_voting.margin_based_methods.beat_path),
            ("ranked-pairs", pref_voting.margin_based_methods.ranked_pairs_zt),
        ]:
            here = seconds(lambda: subprocess.run([MANDATE, "count", rule, path, "--seed", SEED], stdout=subprocess.DEVNULL))
            profile = Profile(rankings)
            there, finished = seconds_at_most(lambda: method(profile), PATIENCE_SECONDS)
            what = f"{rule}, {candidates} candidates, 201 ballots"
            if finished:
                row(what, milliseconds(here), f"pref_voting {milliseconds(there)}", f"{there / here:.0f}×")
            else:
                row(what, milliseconds(here), f"pref_voting stopped after {there:.0f} s", f"at least {there / here:.0f}×")


def committees(folder):
    rng = random.Random(13)
    cases = [
        ("proportional-approval", "pav", 30, 200, 10),
        ("chamberlin-courant", "cc", 30, 80, 8),
        ("equal-shares", "equal-shares", 60, 1000, 20),
        ("sequential-phragmen", "seqphragmen", 60, 1000, 20),
    ]
    for rule, rule_id, candidates, voters, seats in cases:
        ballots = [rng.sample(range(candidates), rng.randint(2, 6)) for _ in range(voters)]
        path = os.path.join(folder, "approvals.blt")
        with open(path, "w") as file:
            file.write(f"{candidates} {seats}\n")
            file.writelines(f"1 {' '.join(str(candidate + 1) for candidate in ballot)} 0\n" for ballot in ballots)
            file.write("0\n" + "".join(f'"c{number}"\n' for number in range(candidates)))
        profile = abcvoting.preferences.Profile(candidates)
        profile.add_voters(ballots)
        here = seconds(lambda: subprocess.run([MANDATE, "count", rule, path, "--seed", SEED], stdout=subprocess.DEVNULL))
        there = seconds(lambda: abcvoting.abcrules.compute(rule_id, profile, committeesize=seats, resolute=True), 1)
        row(f"{rule}, {candidates} candidates, {voters} ballots, {seats} seats", milliseconds(here), f"abcvoting {milliseconds(there)}", f"{there / here:.0f}×")


def budget(folder):
    rng = random.Random(17)
    projects = [Project(f"p{number:03}", rng.randint(5_000, 90_000)) for number in range(100)]
    popularity = [rng.random() ** 2 for _ in projects]
    votes = [sorted(set(rng.choices(projects, popularity, k=rng.randint(1, 10)))) for _ in range(20_000)]
    path = os.path.join(folder, "budget.pb")
    with open(path, "w") as file:
        file.write("META\nkey;value\nbudget;1000000\nvote_type;approval\nPROJECTS\nproject_id;cost\n")
        file.writelines(f"{project.name};{project.cost}\n" for project in projects)
        file.write("VOTES\nvoter_id;vote\n")
        file.writelines(f"{voter};{','.join(p.name for p in vote)}\n" for voter, vote in enumerate(votes))
    instance = Instance(projects, budget_limit=1_000_000)
    profile = ApprovalProfile([ApprovalBallot(vote) for vote in votes])
    here = seconds(lambda: subprocess.run([MANDATE, "budget", "equal-shares", path, "--seed", SEED], stdout=subprocess.DEVNULL))
    there = seconds(lambda: method_of_equal_shares(instance, profile, sat_class=Cost_Sat), 1)
    row("budget by equal shares, 100 projects, 20,000 votes", milliseconds(here), f"pabutools {milliseconds(there)}", f"{there / here:.0f}×")


PARTS = {
    "wards": lambda folder: scottish(),
    "meek": meek,
    "fractions": lambda folder: fractions(),
    "pairs": pairs,
    "committees": committees,
    "budget": budget,
    "many": many_candidates,
    "large": large,
}
print("| what | here | peer | ratio |\n| --- | --- | --- | --- |")
with tempfile.TemporaryDirectory() as folder:
    for part in sys.argv[3:] or PARTS:
        PARTS[part](folder)
