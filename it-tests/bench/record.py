"""The rows of one run or several, kept beside the table: what takes an hour can be measured apart from the rest."""
import json
import os

import table
from table import Row


class Record:
    def __init__(self, path, groups, adds):
        """In this order of groups. adds: whether the rows of earlier runs stay, where this one has none."""
        self.path, self.groups, self.adds = path, groups, adds

    def write(self, intro, rows):
        """rows: group → rows so far, which take the place of that group's in the file. Returns the table of all."""
        kept = self._read() if self.adds else {}
        kept.update({group: {"intro": intro, "rows": [vars(row) for row in found]} for group, found in rows.items() if found})
        with open(self.path + ".new", "w") as file:
            json.dump(kept, file, indent=1)
        os.replace(self.path + ".new", self.path)
        return self._table(kept)

    def _read(self):
        try:
            with open(self.path) as file:
                return json.load(file)
        except FileNotFoundError:
            return {}

    def _table(self, kept):
        there = [group for group in self.groups if group in kept]
        runs = {}
        for group in there:
            runs.setdefault(kept[group]["intro"], []).append(group)
        intros = list(runs) if len(runs) == 1 else [f"{', '.join(of)}: {intro}\n" for intro, of in runs.items()]
        return table.markdown("\n".join(intros), [Row(**row) for group in there for row in kept[group]["rows"]])
