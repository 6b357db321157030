"""Unfolds an economy of several periods into one of a single period, in canonical form, from docs/economy.md and
docs/certificate.md, with Python's standard library alone.

Usage: unfold.py ECONOMY OUT
"""

import csv
import sys
from fractions import Fraction
from math import floor
from pathlib import Path

COLUMNS = {
    "products": ["product", "unit", "decimals", "name", "import_limit", "import_price", "stock", "exports"],
    "labour": ["grade", "available", "name"],
    "satellites": ["satellite", "unit", "decimals", "name", "ceiling"],
    "workplaces": ["workplace", "branch", "district", "name"],
    "activities": ["activity", "workplace", "group", "capacity"],
    "outputs": ["activity", "product", "quantity"],
    "inputs": ["activity", "product", "quantity"],
    "hours": ["activity", "grade", "quantity"],
    "loads": ["activity", "satellite", "quantity"],
    "needs": ["need", "tier", "asked_by", "weight", "minimum"],
    "bundles": ["need", "product", "quantity"],
}


def rows(folder, name):
    path = folder / f"{name}.csv"
    if not path.exists():
        return []
    with open(path, newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def given(row, column, otherwise):
    """A number that may be left out."""
    return Fraction(row.get(column) or otherwise)


def down(number, decimals):
    """Rounded down to decimals."""
    return Fraction(floor(number * 10**decimals), 10**decimals)


def plain(number):
    """As the canonical form writes it: neither trailing zeros behind the point nor a bare point."""
    decimals = 0
    while (number * 10**decimals).denominator != 1:
        decimals += 1
    digits = f"{int(number * 10**decimals):0{decimals + 1}d}"
    return digits[:len(digits) - decimals] + ("." + digits[len(digits) - decimals:] if decimals else "")


class Horizon:
    def __init__(self, folder):
        self.heading = {row["key"]: row["value"] for row in rows(folder, "economy")}
        self.periods = sorted(rows(folder, "periods"), key=lambda row: int(row["period"]))
        self.last = len(self.periods)
        keyed = lambda name, column: {row[column]: row for row in rows(folder, name)}
        self.products, self.grades = keyed("products", "product"), keyed("labour", "grade")
        self.satellites, self.workplaces = keyed("satellites", "satellite"), keyed("workplaces", "workplace")
        self.activities, self.needs = keyed("activities", "activity"), keyed("needs", "need")
        self.stores, self.wear = keyed("stores", "product"), keyed("wear", "activity")
        self.budgets = keyed("budgets", "satellite")
        self.gains, self.later = rows(folder, "gains"), rows(folder, "later")
        self.flows = {name: rows(folder, name) for name in ("outputs", "inputs", "hours", "loads")}
        self.bundles = rows(folder, "bundles")
        self.built = {gain["gains"] for gain in self.gains}
        self.out = {name: [] for name in COLUMNS}

    def decimals(self, product):
        return int(self.products[product]["decimals"])

    def kept(self, activity):
        return given(self.wear.get(activity, {}), "kept", 1)

    def closing(self, activity):
        return given(self.wear.get(activity, {}), "closing", 0)

    def worn(self, quantity, activity, periods):
        for _ in range(periods):
            quantity = down(quantity * self.kept(activity), 9)
        return quantity

    def left(self, activity, period):
        """What is left in a period, from 0, of the capacity of the beginning."""
        return self.worn(Fraction(self.activities[activity]["capacity"]), activity, period)

    def at_most(self, activity, period):
        """What the capacity could be if everything were built that can be."""
        most = self.left(activity, period)
        for gain in self.gains:
            after = int(gain.get("after") or 1)
            if gain["gains"] == activity:
                for built in range(period + 1 - after):
                    quantity = self.worn(Fraction(gain["quantity"]), activity, period - built - after)
                    most += down(quantity * self.most[built][gain["activity"]], 9)
        return most

    def flow(self, table, owner, row, quantity):
        if quantity > 0:
            self.out[table].append([owner, row, quantity])

    def unfold(self):
        self.most = []
        for period in range(self.last):
            # Building takes a period at least, so what builds is known before what it builds.
            self.most.append({activity: self.at_most(activity, period) if activity in self.built else
                              self.left(activity, period) for activity in self.activities})
        for period, multiples in enumerate(self.periods):
            self.add_period(period, multiples)
        for product, store in self.stores.items():
            self.add_store(product, store)
        for activity in self.activities:
            self.add_capacity(activity)
        for satellite, budget in self.budgets.items():
            line = self.satellites[satellite]
            self.out["satellites"].append([satellite, line["unit"], line["decimals"], line.get("name") or "",
                                           Fraction(budget["ceiling"])])
        self.out["workplaces"] = [[w, line["branch"], line.get("district") or "", line.get("name") or ""]
                                  for w, line in self.workplaces.items()]

    def add_period(self, period, multiples):
        there = lambda name: f"{name}@{period + 1:02}"
        multiple = lambda column: given(multiples, column, 1)
        for p, line in self.products.items():
            places = self.decimals(p)
            stock = given(line, "stock", 0) if p not in self.stores or period == 0 else Fraction(0)
            self.out["products"].append([
                there(p), line["unit"], line["decimals"], line.get("name") or "",
                down(given(line, "import_limit", 0) * multiple("imports"), places), given(line, "import_price", 1),
                stock, down(given(line, "exports", 0) * multiple("exports"), places)])
        hours = int(self.heading["labour-decimals"])
        for g, line in self.grades.items():
            self.out["labour"].append([there(g), down(Fraction(line["available"]) * multiple("labour"), hours),
                                       line.get("name") or ""])
        for k, line in self.satellites.items():
            ceiling = Fraction(line["ceiling"]) if line.get("ceiling") else ""
            self.out["satellites"].append([there(k), line["unit"], line["decimals"], line.get("name") or "", ceiling])
        for a, line in self.activities.items():
            self.out["activities"].append([there(a), line["workplace"], there(line["group"]), self.most[period][a]])
            if a in self.built:
                self.flow("inputs", there(a), there(f"capacity/{a}"), Fraction(1))
        for table, column in (("outputs", "product"), ("inputs", "product"), ("hours", "grade"), ("loads", "satellite")):
            for row in self.flows[table]:
                self.flow(table, there(row["activity"]), there(row[column]), Fraction(row["quantity"]))
                if table == "loads" and row[column] in self.budgets:
                    self.flow(table, there(row["activity"]), row[column], Fraction(row["quantity"]))
        for gain in self.gains:
            self.add_gain(gain, period, there(gain["activity"]))
        for later in self.later:
            come = period + int(later.get("after") or 1)
            if come < self.last:
                self.flow("outputs", there(later["activity"]), f"{later['product']}@{come + 1:02}",
                          Fraction(later["quantity"]))
            elif given(self.stores.get(later["product"], {}), "closing", 0) > 0:
                self.flow("outputs", there(later["activity"]), f"{later['product']}@end", Fraction(later["quantity"]))
        for n, line in self.needs.items():
            self.out["needs"].append([there(n), line["tier"], line.get("asked_by") or "",
                                      down(given(line, "weight", 1) * multiple("weight"), 6), given(line, "minimum", 0)])
        for row in self.bundles:
            quantity = down(Fraction(row["quantity"]) * multiple("needs"), self.decimals(row["product"]))
            self.flow("bundles", there(row["need"]), there(row["product"]), quantity)

    def add_gain(self, gain, period, builder):
        """What is built in a period is there in all later ones, jointly, and wears."""
        built, first = gain["gains"], period + int(gain.get("after") or 1)
        for come in range(first, self.last + 1):
            quantity = self.worn(Fraction(gain["quantity"]), built, come - first)
            if come < self.last:
                self.flow("outputs", builder, f"capacity/{built}@{come + 1:02}", quantity)
            elif self.closing(built) > 0:
                self.flow("outputs", builder, f"capacity/{built}@end", quantity)

    def add_store(self, product, store):
        limit, closing = Fraction(store["limit"]), given(store, "closing", 0)
        line = self.products[product]
        for period in range(self.last):
            is_last = period + 1 == self.last
            if limit == 0 or (is_last and closing == 0):
                continue
            name = f"store/{product}@{period + 1:02}"
            after = f"{product}@end" if is_last else f"{product}@{period + 2:02}"
            self.out["activities"].append([name, store["workplace"], f"store@{period + 1:02}", Fraction(1)])
            self.flow("inputs", name, f"{product}@{period + 1:02}", limit)
            self.flow("outputs", name, after, down(limit * given(store, "kept", 1), self.decimals(product)))
        if closing:
            self.out["products"].append([f"{product}@end", line["unit"], line["decimals"], line.get("name") or "",
                                         Fraction(0), given(line, "import_price", 1), Fraction(0), closing])

    def add_capacity(self, activity):
        row = lambda name, stock, owed: self.out["products"].append(
            [name, "level", "9", f"Capacity of {activity}", Fraction(0), Fraction(1), stock, owed])
        if activity in self.built:
            for period in range(self.last):
                row(f"capacity/{activity}@{period + 1:02}", self.left(activity, period), Fraction(0))
        if self.closing(activity) > 0:
            row(f"capacity/{activity}@end", self.left(activity, self.last), self.closing(activity))

    def added_up(self, table):
        """One row for each owner and what it has: two gains may come to the same capacity."""
        sums = {}
        for owner, of, quantity in self.out[table]:
            sums[owner, of] = sums.get((owner, of), 0) + quantity
        return [[*key, quantity] for key, quantity in sums.items()]

    def write(self, folder):
        folder.mkdir(exist_ok=True)
        heading = [["format", self.heading["format"]], ["labour-decimals", self.heading["labour-decimals"]],
                   ["labour-unit", self.heading["labour-unit"]],
                   ["name", f"{self.heading.get('name', '')}, {self.last} periods"]]
        canonical(folder, "economy", ["key", "value"], heading)
        for name, columns in COLUMNS.items():
            lines = self.added_up(name) if columns[-1] == "quantity" else self.out[name]
            lines = [[plain(field) if isinstance(field, Fraction) else field for field in line] for line in lines]
            long = columns[-1] == "quantity"
            lines.sort(key=lambda line: [field.encode() for field in line[:2 if long else 1]])
            canonical(folder, name, columns, lines)


def canonical(folder, name, columns, lines):
    with open(folder / f"{name}.csv", "w", newline="", encoding="utf-8") as file:
        for line in [columns, *lines]:
            fields = ['"' + field.replace('"', '""') + '"' if any(c in field for c in ',"\n\r') else field
                      for field in line]
            file.write(",".join(fields) + "\n")


def unfold(source, folder):
    horizon = Horizon(source)
    horizon.unfold()
    horizon.write(folder)


if __name__ == "__main__":
    unfold(Path(sys.argv[1]), Path(sys.argv[2]))
