"""Counts generated elections with mandate and with other programs, and prints a line a rule and peer.

Ties: where a peer returns all who win under some way to break ties, the winner by lot must be one of them; where it
breaks ties at random, only elections that needed no lot are compared. Differences that are known and explained in
docs/conformance.md are listed in EXPLAINED and must not grow.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import warnings

warnings.filterwarnings("ignore")

import abcvoting.abcrules
import abcvoting.preferences
import apportionment.methods
import pref_voting.c1_methods
import pref_voting.grade_methods
import pref_voting.iterative_methods
import pref_voting.margin_based_methods
import pref_voting.proportional_methods
import pref_voting.scoring_methods
import pyrankvote
import votekit.ballot
import votekit.elections
import votekit.pref_profile
from pabutools.election import ApprovalBallot, ApprovalProfile, Cardinality_Sat, Cost_Sat, Instance, Project
from pabutools.rules import greedy_utilitarian_welfare, method_of_equal_shares, sequential_phragmen
from pref_voting.grade_profiles import GradeProfile
from pref_voting.profiles import Profile
from pref_voting.profiles_with_ties import ProfileWithTies

MANDATE, STV_RS = sys.argv[1:3]
# Peers to compare with; all, where none is named.
PEERS = sys.argv[3:]
SEED = "5a" * 32
TIMES = int(os.environ.get("CONFORMANCE_TIMES", "1000"))
# Rules whose peer is slow are compared on fewer, unless it is a thousand a rule.
FEWER = {} if TIMES >= 1000 else {"proportional-approval": 10, "chamberlin-courant": 10, "meek": 4, "warren": 4}

# (rule, peer): at most so many differences, explained in docs/conformance.md.
EXPLAINED = {}


class Election:
    """Ballots as (weight, candidates from 0)."""

    def __init__(self, candidates, seats, ballots):
        self.candidates, self.seats, self.ballots = candidates, seats, ballots

    def paper(self, marks):
        """A ballot as BLT has it."""
        return " ".join(str(candidate + 1) for candidate in marks)

    def write(self, path):
        with open(path, "w") as file:
            file.write(f"{self.candidates} {self.seats}\n")
            for weight, marks in self.ballots:
                file.write(f"{weight} {self.paper(marks)} 0\n")
            file.write("0\n")
            for candidate in range(self.candidates):
                file.write(f'"c{candidate + 1}"\n')


class Graded(Election):
    """Ballots as (weight, a grade from 0 to 5 for each candidate). Grades are ranks: the first is the best."""

    def paper(self, grades):
        ranks = [
            "=".join(str(candidate + 1) for candidate, given in enumerate(grades) if given == grade) or "-"
            for grade in range(5, 0, -1)
        ]
        while ranks and ranks[-1] == "-":
            ranks.pop()
        return " ".join(ranks)


def complete(rng):
    candidates = rng.randint(3, 6)
    ballots = {}
    for _ in range(rng.randint(3, 9)):
        ranking = list(range(candidates))
        rng.shuffle(ranking)
        ballots[tuple(ranking)] = rng.randint(1, 20)
    return Election(candidates, 1, [(weight, ranking) for ranking, weight in ballots.items()])


def truncated(rng):
    candidates = rng.randint(4, 8)
    ballots = {}
    for _ in range(rng.randint(5, 25)):
        ranking = list(range(candidates))
        rng.shuffle(ranking)
        ballots[tuple(ranking[: rng.randint(1, candidates)])] = rng.randint(1, 60)
    seats = rng.randint(1, candidates - 2)
    return Election(candidates, seats, [(weight, ranking) for ranking, weight in ballots.items()])


def approvals(rng):
    candidates = rng.randint(3, 8)
    ballots = []
    for _ in range(rng.randint(3, 12)):
        approved = sorted(rng.sample(range(candidates), rng.randint(1, candidates)))
        ballots.append((1, tuple(approved)))
    return Election(candidates, rng.randint(1, candidates - 1), ballots)


def graded(rng):
    candidates = rng.randint(3, 6)
    ballots = [
        (rng.randint(1, 12), tuple(rng.randint(0, 5) for _ in range(candidates))) for _ in range(rng.randint(3, 12))
    ]
    return Graded(candidates, 1, [ballot for ballot in ballots if any(ballot[1])] or [(1, (5,) * candidates)])


def mandate(rule, elections):
    """Our results, one a line and file."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, election in enumerate(elections):
            paths.append(os.path.join(folder, f"{number:05}.blt"))
            election.write(paths[-1])
        results = []
        for start in range(0, len(paths), 500):
            command = [MANDATE, "count", rule, *paths[start : start + 500], "--json", "--seed", SEED]
            answer = subprocess.run(command, capture_output=True, text=True)
            if answer.returncode != 0:
                sys.exit(f"{rule}: {answer.stderr}")
            results += [json.loads(line) for line in answer.stdout.splitlines()]
    return results


def winners(result):
    return sorted(elected["candidate"] - 1 for elected in result["elected"])


def profile(election):
    return Profile([list(ranking) for _, ranking in election.ballots], [weight for weight, _ in election.ballots])


def profile_with_ties(election):
    rankings = [{candidate: rank + 1 for rank, candidate in enumerate(ranking)} for _, ranking in election.ballots]
    weights = [weight for weight, _ in election.ballots]
    return ProfileWithTies(rankings, weights, candidates=list(range(election.candidates)))


def one_of(method):
    """A peer that returns every candidate who wins under some way to break ties."""

    def agrees(election, result):
        return winners(result)[0] in [int(winner) for winner in method(profile(election))]

    return agrees


def same_committee(method):
    """A peer that breaks ties in its own way: compared where we needed none."""

    def agrees(election, result):
        theirs = None if result["ties"] else method(election)
        if theirs is None:
            return None
        return winners(result) == sorted(int(winner) for winner in theirs)

    return agrees


def among_committees(rule_id):
    """A peer that returns every committee that wins under some way to break ties."""

    def agrees(election, result):
        voters = abcvoting.preferences.Profile(election.candidates)
        voters.add_voters([list(ranking) for _, ranking in election.ballots])
        committees = abcvoting.abcrules.compute(rule_id, voters, committeesize=election.seats, resolute=False)
        return winners(result) in [sorted(committee) for committee in committees]

    return agrees


def grades(method):
    """A peer that reads grades and returns every candidate who wins under some way to break ties."""

    def agrees(election, result):
        maps = [dict(enumerate(grades)) for _, grades in election.ballots]
        counts = [weight for weight, _ in election.ballots]
        profile = GradeProfile(maps, list(range(6)), gcounts=counts, candidates=list(range(election.candidates)))
        return winners(result)[0] in [int(winner) for winner in method(profile)]

    return agrees


def votekit_elects(method, **options):
    """VoteKit on rankings, where neither needed a tie-break. (It needs one for second place though the first has a
    majority, for instance.)"""

    def elected(election):
        names = [f"c{candidate}" for candidate in range(election.candidates)]
        ballots = [
            votekit.ballot.RankBallot(ranking=[{names[candidate]} for candidate in ranking], weight=weight)
            for weight, ranking in election.ballots
        ]
        profile = votekit.pref_profile.RankProfile(
            ballots=ballots, candidates=names, max_ranking_length=election.candidates
        )
        seats = {"n_seats": election.seats} if election.seats > 1 else {}
        try:
            rounds = method(profile, **seats, **options)
        except ValueError as error:
            if "without breaking ties" in str(error):
                return None
            raise
        return [int(name[1:]) for seats in rounds.get_elected() for name in seats]

    return same_committee(elected)


def votekit_approval(election):
    names = [f"c{candidate}" for candidate in range(election.candidates)]
    ballots = [
        votekit.ballot.ScoreBallot(scores={names[candidate]: 1 for candidate in approved}, weight=weight)
        for weight, approved in election.ballots
    ]
    profile = votekit.pref_profile.ScoreProfile(ballots=ballots, candidates=names)
    elected = votekit.elections.Approval(profile, n_seats=election.seats).get_elected()
    return [int(name[1:]) for seats in elected for name in seats]


def one_surplus_at_a_time(agrees):
    """Only elections in which nobody is elected while a surplus waits, and nobody is left over to fill the last seats:
    where surpluses go on together, or one by one, is what rules differ in."""

    def compared(election, result):
        before_last = [stage for stage in result["stages"] if stage["action"] != "last-vacancies"]
        if any(len(stage["elected"]) > 1 for stage in before_last):
            return None
        return agrees(election, result)

    return compared


def stv_rs(election):
    """Meek's rule by stv-rs, with nine decimal places, by the names of those elected."""
    names = [f"c{candidate}" for candidate in range(election.candidates)]
    lines = [f"{election.candidates} {election.seats}", f"[nick {' '.join(names)}]"]
    lines += [f"{weight} {' '.join(names[candidate] for candidate in ranking)} 0" for weight, ranking in election.ballots]
    lines += ["0", *[f'"{name}"' for name in names], '"election"']
    command = [STV_RS, "--arithmetic", "bigfixed9", "meek", "--parallel", "no"]
    answer = subprocess.run(command, input="\n".join(lines) + "\n", capture_output=True, text=True, check=True)
    final = answer.stdout.split("Action: Count Complete")[1].splitlines()
    return [int(line.split()[1][1:]) for line in final if line.strip().startswith("Elected:")]


def pyrankvote_irv(election):
    people = [pyrankvote.Candidate(str(number)) for number in range(election.candidates)]
    ballots = [
        pyrankvote.Ballot(ranked_candidates=[people[candidate] for candidate in ranking])
        for weight, ranking in election.ballots
        for _ in range(weight)
    ]
    return [int(winner.name) for winner in pyrankvote.instant_runoff_voting(people, ballots).get_winners()]


proportional = pref_voting.proportional_methods
COMPARED = [
    ("plurality", "pref_voting", complete, one_of(pref_voting.scoring_methods.plurality)),
    ("two-rounds", "pref_voting", complete, one_of(pref_voting.iterative_methods.plurality_with_runoff_put)),
    ("instant-runoff", "pref_voting", complete, one_of(pref_voting.iterative_methods.instant_runoff_put)),
    ("instant-runoff", "pyrankvote", complete, same_committee(pyrankvote_irv)),
    ("maine", "pref_voting", complete, one_of(pref_voting.iterative_methods.instant_runoff_put)),
    ("schulze", "pref_voting", complete, one_of(pref_voting.margin_based_methods.beat_path)),
    (
        "ranked-pairs",
        "pref_voting",
        complete,
        same_committee(lambda e: pref_voting.margin_based_methods.ranked_pairs_zt(profile(e))),
    ),
    ("copeland", "pref_voting", complete, one_of(pref_voting.c1_methods.copeland)),
    ("borda", "pref_voting", complete, one_of(pref_voting.scoring_methods.borda)),
    (
        "scottish-stv",
        "pref_voting",
        truncated,
        same_committee(lambda e: proportional.stv_scottish(profile_with_ties(e), num_seats=e.seats)),
    ),
    (
        "meek",
        "pref_voting",
        truncated,
        same_committee(lambda e: proportional.stv_meek(profile_with_ties(e), num_seats=e.seats)),
    ),
    (
        "warren",
        "pref_voting",
        truncated,
        same_committee(lambda e: proportional.stv_warren(profile_with_ties(e), num_seats=e.seats)),
    ),
    ("meek", "stv-rs", truncated, same_committee(stv_rs)),
    ("star", "pref_voting", graded, grades(pref_voting.grade_methods.star)),
    ("majority-judgement", "pref_voting", graded, grades(pref_voting.grade_methods.majority_judgement)),
    ("plurality", "votekit", truncated, votekit_elects(votekit.elections.Plurality)),
    ("two-rounds", "votekit", complete, votekit_elects(votekit.elections.TopTwo)),
    ("instant-runoff", "votekit", complete, votekit_elects(votekit.elections.IRV, exact=True)),
    ("schulze", "votekit", complete, votekit_elects(votekit.elections.Schulze)),
    ("ranked-pairs", "votekit", complete, votekit_elects(votekit.elections.RankedPairs)),
    ("borda", "votekit", complete, votekit_elects(votekit.elections.Borda)),
    ("scottish-stv", "votekit", truncated, one_surplus_at_a_time(votekit_elects(votekit.elections.STV, exact=True))),
    ("approval", "votekit", approvals, same_committee(votekit_approval)),
    ("approval", "abcvoting", approvals, among_committees("av")),
    ("proportional-approval", "abcvoting", approvals, among_committees("pav")),
    ("sequential-proportional-approval", "abcvoting", approvals, among_committees("seqpav")),
    ("chamberlin-courant", "abcvoting", approvals, among_committees("cc")),
    ("sequential-phragmen", "abcvoting", approvals, among_committees("seqphragmen")),
    ("equal-shares", "abcvoting", approvals, among_committees("equal-shares")),
]


def compare_counts():
    unexplained = 0
    for rule, peer, generate, agrees in COMPARED:
        if PEERS and peer not in PEERS:
            continue
        rng = random.Random(f"{rule} {peer}")
        elections = [generate(rng) for _ in range(max(TIMES // FEWER.get(rule, 1), 1))]
        agreed = compared = 0
        different = []
        for election, result in zip(elections, mandate(rule, elections)):
            outcome = agrees(election, result)
            if outcome is None:
                continue
            compared += 1
            agreed += outcome
            if not outcome:
                different.append((election, result))
        allowed = EXPLAINED.get((rule, peer), 0)
        unexplained += max(len(different) - allowed, 0)
        print(f"{rule:34} {peer:14} {len(elections):5} elections {compared:5} compared {agreed:5} agree", flush=True)
        for election, result in different[: 3 if len(different) > allowed else 0]:
            print("    differs:", election.seats, election.ballots, "ours:", winners(result))
    return unexplained


def compare_apportionments():
    methods = {
        "largest-remainder": "hamilton",
        "dhondt": "dhondt",
        "webster": "saintelague",
        "modified-sainte-lague": "modified_saintelague",
        "huntington-hill": "huntington",
        "adams": "adams",
        "dean": "dean",
    }
    unexplained = 0
    for ours, theirs in methods.items():
        rng = random.Random(ours)
        agreed = compared = 0
        for _ in range(TIMES if TIMES >= 1000 else max(TIMES // 5, 1)):
            parties = rng.randint(2, 8)
            votes = rng.sample(range(10, 100_000), parties)
            seats = rng.randint(parties, 60)
            with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
                file.writelines(f"p{number},{votes_of}\n" for number, votes_of in enumerate(votes))
                file.flush()
                command = [MANDATE, "apportion", ours, file.name, "--seats", str(seats), "--json"]
                answer = subprocess.run(command, capture_output=True, text=True)
            if answer.returncode == 1:
                continue  # A lot is needed, and the peer refuses ties too.
            shares = [share["seats"] for share in json.loads(answer.stdout)["shares"]]
            compared += 1
            same = shares == [int(share) for share in apportionment.methods.compute(theirs, votes, seats)]
            agreed += same
            if not same:
                print("    differs:", ours, votes, seats, shares)
        unexplained += compared - agreed
        print(f"{ours:34} {'apportionment':14} {compared:5} houses    {compared:5} compared {agreed:5} agree")
    return unexplained


def compare_budgets():
    unexplained = 0
    rules = {
        "equal-shares": lambda *budget: method_of_equal_shares(*budget, sat_class=Cost_Sat),
        "equal-shares-by-count": lambda *budget: method_of_equal_shares(*budget, sat_class=Cardinality_Sat),
        "greedy": lambda *budget: greedy_utilitarian_welfare(*budget, sat_class=Cost_Sat),
        "sequential-phragmen": sequential_phragmen,
    }
    for rule, method in rules.items():
        rng = random.Random(rule)
        agreed = compared = 0
        times = TIMES if TIMES >= 1000 else max(TIMES // 5, 1)
        for _ in range(times):
            costs = [rng.randint(50, 900) for _ in range(rng.randint(4, 12))]
            projects = [Project(f"p{number:02}", cost) for number, cost in enumerate(costs)]
            budget = rng.randint(500, 3000)
            votes = [
                rng.sample(projects, rng.randint(1, min(5, len(projects)))) for _ in range(rng.randint(5, 40))
            ]
            with tempfile.NamedTemporaryFile("w", suffix=".pb") as file:
                file.write(f"META\nkey;value\nbudget;{budget}\nvote_type;approval\nPROJECTS\nproject_id;cost\n")
                file.writelines(f"{project.name};{project.cost}\n" for project in projects)
                file.write("VOTES\nvoter_id;vote\n")
                for voter, vote in enumerate(votes):
                    file.write(f"{voter};{','.join(project.name for project in vote)}\n")
                file.flush()
                answer = subprocess.run([MANDATE, "budget", rule, file.name, "--json"], capture_output=True, text=True)
            if answer.returncode == 1:
                continue  # A lot is needed.
            funded = sorted(project["project"] for project in json.loads(answer.stdout)["funded"])
            instance = Instance(projects, budget_limit=budget)
            profile = ApprovalProfile([ApprovalBallot(vote) for vote in votes])
            # Its Phragmén also buys what nobody supports, once all else is bought: docs/conformance.md.
            supported = {project for vote in votes for project in vote}
            theirs = [project for project in method(instance, profile) if project in supported]
            compared += 1
            same = funded == sorted(project.name for project in theirs)
            agreed += same
            if not same:
                print("    differs:", rule, costs, budget, votes, funded)
        unexplained += compared - agreed
        print(f"{rule:34} {'pabutools':14} {times:5} budgets   {compared:5} compared {agreed:5} agree", flush=True)
    return unexplained


unexplained = compare_counts()
if not PEERS or "apportionment" in PEERS:
    unexplained += compare_apportionments()
if not PEERS or "pabutools" in PEERS:
    unexplained += compare_budgets()
print(f"{unexplained} differences that docs/conformance.md does not explain")
sys.exit(1 if unexplained else 0)
