"""The rows that were measured, as markdown."""
from statistics import median

from obstacles import obstacle


class Row:
    """
    One line. The ratio is the agent's figure over the peers', or the other way round where more is better, so that
    less than 1 is always the agent's favour; goal is the largest ratio or figure that is promised.
    """

    def __init__(self, what, agent, peers, unit, goal, reached, ratio=None, note=""):
        self.what, self.agent, self.peers, self.unit = what, agent, peers, unit
        self.goal, self.reached, self.ratio, self.note = goal, reached, ratio, note

    def markdown(self):
        ratio = "" if self.ratio is None else f"**{self.ratio:.2f}**"
        return f"| {ratio} | {self.what} | {show(self.agent, self.unit)} | {show(self.peers, self.unit)} | " \
               f"{self.goal} | {'yes' if self.reached else 'no' if self.reached is False else '–'} | {self.note} |"

    def miss(self):
        """By how much the goal is missed, and what stands in the way."""
        found = f"{self.ratio:.2f} times" if self.goal.endswith("times") else show(self.agent, self.unit)
        return f"{self.what}: {found}, goal {self.goal}; {obstacle(self.what)}"


def show(value, unit):
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:.{digits}f} {unit}".strip()


def percentile(values, part):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def span(seconds):
    """Such as 20 s, 3 min or 1.0 h."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 3590 else f"{seconds / 3600:.1f} h"


def compared(what, agent, peers, unit, goal, limit, more_is_better=False, note=""):
    """A row from two lists of figures of the same rounds, judged by their medians' ratio if there is a limit to it."""
    left, right = median(agent), median(peers)
    ratio = right / left if more_is_better else left / right
    return Row(what, left, right, unit, goal, None if limit is None else ratio <= limit, ratio, note)


HEAD = "| agent : peers | what | agent | peers | goal | met | |\n|---|---|---|---|---|---|---|"


def markdown(intro, rows):
    """The table, and below it by how much each goal is missed, and what stands in the way."""
    missed = [f"- {row.miss()}" for row in rows if row.reached is False]
    below = ["", "What stands in the way of the goals that are missed:", "", *missed] if missed else []
    return "\n".join([intro, "", HEAD, *(row.markdown() for row in rows), *below]) + "\n"
