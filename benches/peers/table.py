"""Lines of JSON into Markdown tables.

    python benches/peers/table.py lines.jsonl        the tables of what compare.py --raw has written
"""

import json
import sys
from statistics import median

OURS = "glassgrad"
PROTOCOL = (
    "Microseconds a step (W7a, W7b: a forward run). In each round a measurement is the median of 9 loops of\n"
    "at least 0.25 s; the tables give the median over the rounds, in brackets the least and the largest."
)


def number(us):
    """Three significant digits, or all there are before the point."""
    return f"{us:,.0f}" if us >= 1000 else f"{us:.3g}"


def summary(values, show=number):
    """Median (least–largest)."""
    if not values:
        return "–"
    low, middle, high = show(min(values)), show(median(values)), show(max(values))
    return middle if len(values) == 1 else f"{middle} ({low}–{high})"


def row(*cells):
    return f"| {' | '.join(map(str, cells))} |"


def head(*cells):
    return [row(*cells), row(*["---"] * len(cells))]


def unique(lines, key):
    return list(dict.fromkeys(line[key] for line in lines))


def best_by_round(lines, peer, workload):
    """Each round's best time over the numbers of threads."""
    best = {}
    for line in lines:
        if (line["peer"], line["workload"]) == (peer, workload):
            best[line["round"]] = min(line["us_median"], best.get(line["round"], float("inf")))
    return best


def markdown(lines, facts):
    """The tables: best times, ratios, every measurement."""
    workloads, peers = unique(lines, "workload"), unique(lines, "peer")
    versions = {line["peer"]: line["version"] for line in lines}
    facts = facts | {
        "Versions": ", ".join(f"{peer} {version}" for peer, version in versions.items()),
        "Rounds": len(unique(lines, "round")),
    }
    text = [f"- {name}: {fact}" for name, fact in facts.items()]
    text += ["", PROTOCOL, "", "## Time, each at its best number of threads", "", *head("peer", *workloads)]
    best = {(peer, w): best_by_round(lines, peer, w) for peer in peers for w in workloads}
    text += [row(peer, *(summary(list(best[peer, w].values())) for w in workloads)) for peer in peers]

    text += ["", "## glassgrad's time over the peer's, round by round", "", "Below 1, glassgrad is faster.", ""]
    text += head("peer", *workloads)
    for peer in peers:
        if peer != OURS:
            cells = []
            for w in workloads:
                ours, theirs = best.get((OURS, w), {}), best[peer, w]
                ratios = [ours[turn] / theirs[turn] for turn in ours if turn in theirs]
                cells.append(summary(ratios, lambda ratio: f"{ratio:.2g}"))
            text.append(row(peer, *cells))

    text += ["", "## Every measurement", ""]
    text += head("workload", "threads", "peer", "median (range)", "least loop")
    for w in workloads:
        for threads in sorted(unique(lines, "threads")):
            for peer in peers:
                where = (w, threads, peer)
                here = [line for line in lines if (line["workload"], line["threads"], line["peer"]) == where]
                if here:
                    times = summary([line["us_median"] for line in here])
                    text.append(row(*where, times, number(min(line["us_min"] for line in here))))
    return "\n".join(text)


if __name__ == "__main__":
    with open(sys.argv[1]) as file:
        print(markdown([json.loads(line) for line in file], {}))
