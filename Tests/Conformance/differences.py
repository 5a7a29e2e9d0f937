"""What Prometheus 2.42 (Debian 12's) and 3 answer differently on purpose. medic follows 3.

Most of it is kept out where queries and samples are made, because then everything else is compared to the last digit:

| difference                                                  | kept out by                                                  |
|-------------------------------------------------------------|--------------------------------------------------------------|
| windows and lookback exclude their left edge in 3           | no sample ever lies on an edge (samples.py)                  |
| a subquery's left edge too                                  | query times are on half seconds, steps on whole ones, and    |
|                                                             | a subquery within another is shifted by a quarter            |
| `.` in a regular expression matches a newline in 3          | no label value holds one                                     |
| names are dropped at the end of a query, not on the way     | no grouping or relabelling by `__name__`; functions that     |
|                                                             | drop the name take selectors of one name                     |
| extrapolation to zero is limited before, not after, the     | counters begin high, and have either gaps or resets          |
| threshold                                                   | (samples.py)                                                 |
| `holt_winters` is `double_exponential_smoothing`            | each is asked by its own name (peer_text)                    |
| sums are compensated in 3                                   | equal means: within 1e-6 of each other, or both within 1e-9  |
|                                                             | of zero; floor, ceil, round, sgn, sin, cos, tan, changes,     |
|                                                             | resets and count_values see only values that come from       |
|                                                             | samples as they are                                          |
| the logarithm of a subnormal number is wrong (Go, amd64)    | there is none                                                |
| count_values groups wrongly where its label sorts before    | its label sorts last                                         |
| another                                                     |                                                              |
| label_replace and label_join look for duplicates over the   | neither ever takes a label away                              |
| whole range                                                 |                                                              |

What is left is below, each with a name, a test of query and answers, and a reason; how often each applied is printed.
"""
import re

from comparison import difference, points


def peer_text(expression):
    """The same question in the words of Prometheus 2.42."""
    return expression.replace("double_exponential_smoothing(", "holt_winters(")


def without_names(answer):
    """The answer as it would be if no series had a name."""
    if answer["status"] != "success" or answer["data"]["resultType"] not in ("vector", "matrix"):
        return answer
    # Series that only their names tell apart become one.
    merged = {}
    for series in answer["data"]["result"]:
        metric = {key: value for key, value in series["metric"].items() if key != "__name__"}
        merged.setdefault(tuple(sorted(metric.items())), (metric, []))[1].extend(points(series))
    result = [{"metric": metric, "values": sorted(values)} for metric, values in merged.values()]
    return {"status": "success", "data": {"resultType": answer["data"]["resultType"], "result": result}}


def is_name_kept(question, answer, peer):
    operators = re.search(r"atan2|[<>]=?|[!=]=|\bor\b", question["expr"])
    return operators is not None and difference(without_names(answer), without_names(peer)) is None


def is_duplicate_behind_comparison(question, answer, peer):
    return peer["status"] == "success" and answer.get("error", "").startswith("multiple matches for labels")


def is_spread_of_the_infinite(question, answer, peer):
    return "std" in question["expr"] and difference(answer, peer, nan_is_anything=True) is None


def is_newer_syntax(question, answer, peer):
    return peer.get("errorType") == "bad_data" and answer["status"] == "success"


def is_utf8_label(question, answer, peer):
    return re.search("invalid (destination |source |)label name", peer.get("error", "")) and answer["status"] == "success"


def is_turn_taking(question, answer, peer):
    return "with the same labelset" in peer.get("error", "") and answer["status"] == "success" and (
        "start" in question or ":" in question["expr"])


def is_moving_window(question, answer, peer):
    moves = "start" in question or ":" in question["expr"]
    return moves and "predict_linear(" in question["expr"] and "@" in question["expr"]


# (name, applies(question, answer of medic, answer of Prometheus), reason)
KNOWN = [
    ("names", is_name_kept,
     "atan2 drops the name in 3; a comparison of two vectors, or an `or` over time, keeps one that was about to be dropped"),
    ("duplicates behind a comparison", is_duplicate_behind_comparison,
     "3 looks for duplicate matches before it drops what does not compare"),
    ("spread of the infinite", is_spread_of_the_infinite,
     "stddev and stdvar of NaN or an infinity are NaN in 3, 0 in 2 for a single series"),
    ("newer syntax", is_newer_syntax,
     "a question broken at random may be one that 3 understands: numbers as durations, quoted names, arithmetic of durations"),
    ("series that take turns", is_turn_taking,
     "in 3 two series that lose their names become one, as long as they never have a point at the same time"),
    ("a window that moves", is_moving_window,
     "in a range query or subquery Prometheus moves the window of predict_linear(x[d] @ t) with each step; medic leaves it at t"),
    ("UTF-8 names", is_utf8_label, "any text may name a label in 3"),
]
