"""What became of each change, kept from one run to the next."""

import json
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

EXPLAINED = Path(__file__).with_name("explained.toml")
_NOTICED = ("noticed", "slow")


@dataclass(frozen=True, slots=True)
class Result:
    """`what` is noticed, slow (a test did not end), unnoticed, untested (no test runs it), or broken (it could not be
    tried); `by` which test noticed it; `seconds` how long that took; `of` what was tried, as a digest."""

    what: str
    by: str = ""
    seconds: float = 0.0
    of: str = ""

    @property
    def noticed(self) -> bool:
        return self.what in _NOTICED


@dataclass(slots=True)
class Results:
    """A file of results, one a line; of the same change, the last line counts."""

    path: Path
    found: dict[str, Result] = field(default_factory=dict)

    def read(self) -> None:
        if self.path.exists():
            for line in self.path.read_text(encoding="utf-8").splitlines():
                one = json.loads(line)
                key = one.pop("key")
                self.found[key] = Result(**one)

    def add(self, key: str, result: Result) -> None:
        self.found[key] = result
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"key": key, **asdict(result)}, ensure_ascii=False) + "\n")


def explained() -> dict[str, bool]:
    """The changes that no test notices and that have a reason: whether they change nothing that can be seen."""
    groups = tomllib.loads(EXPLAINED.read_text(encoding="utf-8"))["group"]
    return {key: group["equal"] for group in groups for key in group["changes"]}


def report(results: dict[str, Result], keys: Sequence[str], of: str) -> bool:
    """Print the table and what nobody noticed; whether all of it is explained."""
    known = explained()
    counts: dict[str, Counter[str]] = {}
    open_ones, stale = [], sorted(set(known) - set(keys))
    for key in keys:
        path = key.partition(" ")[0]
        count = counts.setdefault(path, Counter())
        result = results.get(key)
        if result is None:
            count["not tried"] += 1
            continue
        count["all"] += 1
        count["earlier"] += result.of != of
        count["slow"] += result.what == "slow"
        if result.noticed:
            count["noticed"] += 1
            stale += [key] if key in known else []
        elif key in known:
            count["equal" if known[key] else "explained"] += 1
        else:
            count["open"] += 1
            open_ones.append((key, result))
    total: Counter[str] = sum(counts.values(), Counter())
    columns = ("all", "noticed", "slow", "equal", "explained", "open")
    print(f"\n{'':42}" + "".join(f"{name:>10}" for name in columns))
    for path, count in [*counts.items(), ("all", total)]:
        print(f"{path:42}" + "".join(f"{count[name]:10}" for name in columns))
    if counted := total["all"] - total["equal"]:
        print(f"\nscore: {total['noticed']} of {counted}, {100 * total['noticed'] / counted:.1f} %")
    if total["earlier"]:
        print(f"{total['earlier']} of these were tried before the last change of code or tests.")
    if total["not tried"]:
        print(f"{total['not tried']} have not been tried.")
    for title, found in (
        ("Nobody noticed:", [f"{key}   [{result.what}]" for key, result in open_ones]),
        ("Explained, and noticed or gone:", stale),
    ):
        if found:
            print("\n" + title, *found, sep="\n  ")
    return not (open_ones or stale or total["not tried"])
