"""Checks a plan against its economy, from docs/certificate.md, with Python's standard library alone. An economy of several
periods is unfolded first (unfold.py).

Usage: check_plan.py ECONOMY PLAN
       check_plan.py ECONOMY PLAN --disturb N SEED   changes one number at a time by one unit of its last decimal,
                                                    N times, and counts how many of the changed plans are refused
Exit 0 where the plan holds (or all disturbed plans are refused), 1 where not.
"""

import copy
import csv
import hashlib
import json
import random
import re
import sys
import tempfile
from collections import defaultdict
from fractions import Fraction
from math import floor
from pathlib import Path

from unfold import unfold

FILES = ["activities", "bundles", "economy", "hours", "inputs", "labour", "loads", "needs", "outputs", "products",
         "satellites", "workplaces"]
PLAIN = re.compile(r"-?[0-9]+(\.[0-9]+)?$")


class Refused(Exception):
    pass


def number(text):
    if not isinstance(text, str) or not PLAIN.match(text):
        raise Refused(f"not a plain decimal number: {text!r}")
    return Fraction(text)


def decimals(text):
    return len(text.partition(".")[2])


def rows(folder, name):
    with open(folder / f"{name}.csv", newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def long_table(folder, name, owner, row):
    table = defaultdict(list)
    for line in rows(folder, name):
        table[line[owner]].append((line[row], Fraction(line["quantity"])))
    return table


class Economy:
    def __init__(self, folder):
        manifest = ""
        for name in FILES:
            digest = hashlib.sha256((folder / f"{name}.csv").read_bytes()).hexdigest()
            manifest += f"{digest}  {name}.csv\n"
        self.digest = hashlib.sha256(manifest.encode()).hexdigest()
        self.products = {line["product"]: line for line in rows(folder, "products")}
        self.grades = {line["grade"]: Fraction(line["available"]) for line in rows(folder, "labour")}
        self.satellites = {line["satellite"]: line["ceiling"] and Fraction(line["ceiling"])
                           for line in rows(folder, "satellites")}
        self.capacity = {line["activity"]: Fraction(line["capacity"]) for line in rows(folder, "activities")}
        self.needs = {line["need"]: line for line in rows(folder, "needs")}
        self.outputs = long_table(folder, "outputs", "activity", "product")
        self.inputs = long_table(folder, "inputs", "activity", "product")
        self.hours = long_table(folder, "hours", "activity", "grade")
        self.loads = long_table(folder, "loads", "activity", "satellite")
        self.bundles = long_table(folder, "bundles", "need", "product")

    def of_product(self, product, column):
        return Fraction(self.products[product][column])

    def tier(self, need):
        return int(self.needs[need]["tier"])


def unique(pairs):
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise Refused("an id stands twice")
    return dict(pairs)


def column(texts, known, most):
    for name, text in texts.items():
        if name not in known:
            raise Refused(f"unknown id {name}")
        if number(text) and decimals(text) > most(name):
            raise Refused(f"{name}: too many decimals")
    return {name: number(texts.get(name, "0")) for name in known}


def demand(condition, what):
    if not condition:
        raise Refused(what)


def owed(economy):
    """The economy of what is owed."""
    e = copy.copy(economy)
    e.products = {p: dict(line, exports="0") for p, line in e.products.items()}
    e.needs, e.bundles = {}, {}
    need = {"tier": "0", "weight": "1", "minimum": "0"}
    for n, line in economy.needs.items():
        minimum = Fraction(line["minimum"])
        if minimum > 0:
            unit = lambda p: 10 ** int(e.products[p]["decimals"])
            e.needs[n] = need
            e.bundles[n] = [(p, Fraction(floor(quantity * minimum * unit(p)), unit(p)))
                            for p, quantity in economy.bundles[n]]
    for p, line in economy.products.items():
        if Fraction(line["exports"]) > 0:
            name = f"exports of {p}"
            if p.endswith("@end"):
                p_end = p.removesuffix("@end")
                name = f"closing stock of {p_end}"
                if p.startswith("capacity/"):
                    name = f"closing capacity of {p_end.removeprefix('capacity/')}"
            e.needs[name] = need
            e.bundles[name] = [(p, Fraction(line["exports"]))]
    return e


def check(economy, plan):
    if plan["format"] == "mandate-shortage-1":
        check_plan(owed(economy), plan)
        first = plan["stages"][0]
        demand(first["goal"] == "common" and number(first["bound"]) < 1, "what is owed might be met")
    else:
        demand(plan["format"] == "mandate-plan-1", "format")
        check_plan(economy, plan)


def check_plan(e, plan):
    demand(plan["economy"] == e.digest, "another economy")
    of_product = lambda product: int(e.products[product]["decimals"])
    z = column(plan["levels"], e.capacity, lambda _: 9)
    i = column(plan["imports"], e.products, of_product)
    s = column(plan["stock"], e.products, of_product)
    f = column(plan["needs"], e.needs, lambda _: 9)
    labour = column(plan["labour"], e.grades, lambda _: 99)
    before = column(plan["before"], e.capacity, lambda _: 9) if "before" in plan else None
    hours = {a: sum(quantity for _, quantity in e.hours[a]) for a in e.capacity}

    for a, level in z.items():
        demand(0 <= level <= e.capacity[a], f"capacity of {a}")
    for p in e.products:
        demand(0 <= i[p] <= e.of_product(p, "import_limit"), f"imports of {p}")
        demand(0 <= s[p] <= e.of_product(p, "stock"), f"stock of {p}")
    for n in e.needs:
        demand(Fraction(e.needs[n]["minimum"]) <= f[n] <= 1, f"fulfilment of {n}")
    balance = {p: i[p] + s[p] - e.of_product(p, "exports") for p in e.products}
    used = dict.fromkeys(e.grades, Fraction(0))
    load = dict.fromkeys(e.satellites, Fraction(0))
    for a, level in z.items():
        if level:
            for p, quantity in e.outputs[a]:
                balance[p] += quantity * level
            for p, quantity in e.inputs[a]:
                balance[p] -= quantity * level
            for g, quantity in e.hours[a]:
                used[g] += quantity * level
            for k, quantity in e.loads[a]:
                load[k] += quantity * level
    for n in e.needs:
        for p, quantity in e.bundles[n]:
            balance[p] -= quantity * f[n]
    for p, left in balance.items():
        demand(left >= 0, f"balance of {p}")
        demand(i[p] + s[p] == 0 or left < Fraction(1, 10 ** of_product(p)), f"left over of {p}")
    for g, available in e.grades.items():
        demand(used[g] <= available, f"labour of {g}")
        demand(labour[g] == used[g], f"stated labour of {g}")
    for k, ceiling in e.satellites.items():
        demand(ceiling == "" or load[k] <= ceiling, f"ceiling of {k}")

    demand(plan["stages"], "no stages")
    values = {}
    for stage in plan["stages"]:
        goal = (stage["goal"], stage.get("tier"))
        demand(goal not in values, "a goal twice")
        of_tier = [n for n in e.needs if e.tier(n) == goal[1]]
        if goal[0] in ("common", "weighted"):
            demand(of_tier, "a tier without needs")
            demand(goal[0] == "weighted" or ("weighted", goal[1]) not in values, "common after weighted")
        else:
            demand(goal[0] in ("change", "labour", "imports") and goal[1] is None, "unknown goal")
            demand(goal[0] != "change" or before is not None, "change from nothing")
        value = {
            "common": lambda: min(f[n] for n in of_tier),
            "weighted": lambda: sum(Fraction(e.needs[n]["weight"]) * f[n] for n in of_tier),
            "change": lambda: sum((hours[a] * abs(z[a] - before[a]) for a in z), Fraction(0)),
            "labour": lambda: sum(used.values(), Fraction(0)),
            "imports": lambda: sum((e.of_product(p, "import_price") * i[p] for p in e.products), Fraction(0)),
        }[goal[0]]()
        demand(number(stage["value"]) == value, f"value of {goal}")
        demand(number(stage["bound"]) == bound(e, goal, values, stage["prices"], before), f"bound of {goal}")
        values[goal] = value


def bound(e, goal, values, prices, before):
    y = column(prices["products"], e.products, lambda _: 99)
    h = column(prices["labour"], e.grades, lambda _: 99)
    q = column(prices["satellites"], e.satellites, lambda _: 99)
    earlier = [number(text) for text in prices["earlier"]]
    demand(len(earlier) == len(values), "prices of earlier stages")
    demand(all(price >= 0 for price in [*y.values(), *h.values(), *q.values(), *earlier]), "a price below nought")
    r = dict(zip(values, earlier))
    demand(all(price == 0 for stage, price in r.items() if stage[0] == "common"), "a price of a common stage")
    demand(all(q[k] == 0 for k, ceiling in e.satellites.items() if ceiling == ""), "a price without ceiling")
    rho = lambda other: Fraction(1) if other == goal else r.get(other, Fraction(0))

    total = -sum(y[p] * e.of_product(p, "exports") for p in e.products)
    total += sum(h[g] * available for g, available in e.grades.items())
    total += sum(q[k] * ceiling for k, ceiling in e.satellites.items() if ceiling != "")
    for stage, value in values.items():
        if stage[0] in ("change", "labour", "imports"):
            total += r[stage] * value
        elif stage[0] == "weighted":
            total -= r[stage] * value
    save = rho(("labour", None))
    for a, capacity in e.capacity.items():
        gain = sum(y[p] * quantity for p, quantity in e.outputs[a])
        gain -= sum(y[p] * quantity for p, quantity in e.inputs[a])
        gain -= sum((h[g] + save) * quantity for g, quantity in e.hours[a])
        gain -= sum(q[k] * quantity for k, quantity in e.loads[a])
        change = rho(("change", None)) * sum(quantity for _, quantity in e.hours[a])
        if change:
            there = min(before[a], capacity)
            total += max(gain * level - change * abs(level - before[a]) for level in (Fraction(0), capacity, there))
        else:
            total += capacity * max(Fraction(0), gain)
    for p in e.products:
        gain = y[p] - rho(("imports", None)) * e.of_product(p, "import_price")
        total += e.of_product(p, "import_limit") * max(Fraction(0), gain)
        total += e.of_product(p, "stock") * y[p]
    common = []
    for n in e.needs:
        cost = sum(y[p] * quantity for p, quantity in e.bundles[n])
        lower = max(Fraction(e.needs[n]["minimum"]), values.get(("common", e.tier(n)), Fraction(0)))
        if goal == ("common", e.tier(n)):
            common.append((cost, lower))
            continue
        gain = rho(("weighted", e.tier(n))) * Fraction(e.needs[n]["weight"]) - cost
        total += gain if gain >= 0 else gain * lower
    if goal[0] == "common":
        thetas = {Fraction(0), Fraction(1), *(lower for _, lower in common)}
        total += max(theta - sum(cost * max(theta, lower) for cost, lower in common) for theta in thetas)
    return -total if goal[0] in ("change", "labour", "imports") else total


def places(node, path=()):
    """Where the plan holds numbers, but for the prices of earlier stages: no bound depends on one where its goal
    follows from the limits of the needs already, as in a tier met in full, so any such price is as true."""
    if isinstance(node, dict):
        for key, child in node.items():
            yield from places(child, (*path, key))
    elif isinstance(node, list):
        for at, child in enumerate(node):
            yield from places(child, (*path, at))
    elif "earlier" in path:
        return
    elif isinstance(node, str) and path[0] not in ("format", "economy") and path[-1] != "goal":
        yield path


def disturbed(plan, path, sign):
    """The plan with the number at `path` changed by one unit of its last decimal."""
    changed = json.loads(json.dumps(plan))
    node = changed
    for key in path[:-1]:
        node = node[key]
    text = node[path[-1]]
    places_behind = decimals(text)
    units = int(Fraction(text) * 10 ** places_behind) + sign
    digits = f"{abs(units):0{places_behind + 1}d}"
    whole = digits[:len(digits) - places_behind]
    behind = digits[len(digits) - places_behind:]
    node[path[-1]] = ("-" if units < 0 else "") + whole + ("." + behind if behind else "")
    return changed


def main(arguments):
    folder = Path(arguments[0])
    if (folder / "periods.csv").exists():
        with tempfile.TemporaryDirectory() as unfolded:
            unfold(folder, Path(unfolded))
            economy = Economy(Path(unfolded))
    else:
        economy = Economy(folder)
    with open(arguments[1], encoding="utf-8") as file:
        plan = json.load(file, object_pairs_hook=unique)
    try:
        check(economy, plan)
    except Refused as refused:
        print(f"refused: {refused}")
        return 1
    print("ok")
    if arguments[2:3] != ["--disturb"]:
        return 0
    count, chance = int(arguments[3]), random.Random(int(arguments[4]))
    where = list(places(plan))
    accepted = []
    for _ in range(count):
        path, sign = chance.choice(where), chance.choice((1, -1))
        try:
            check(economy, disturbed(plan, path, sign))
            accepted.append((path, sign))
        except Refused:
            pass
    print(f"{count - len(accepted)} of {count} disturbed plans refused")
    for path, sign in accepted:
        print("accepted:", path, sign)
    return 1 if accepted else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
