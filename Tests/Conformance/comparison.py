"""Whether two answers in the shape of Prometheus's HTTP API say the same."""
import math

RELATIVE = 1e-6
# Sums that cancel leave a rest that depends on the order of adding.
ABSOLUTE = 1e-9


def same_number(left, right, nan_is_anything=False):
    left, right = float(left), float(right)
    if nan_is_anything and math.isnan(left):
        return True
    if math.isnan(left) or math.isnan(right):
        return math.isnan(left) and math.isnan(right)
    if math.isinf(left) or math.isinf(right):
        # Whether a number near the end of the range is reached or passed depends on the last bit of the way there.
        return left == right or (min(abs(left), abs(right)) > 1e300 and (left > 0) == (right > 0))
    return abs(left - right) <= max(ABSOLUTE, RELATIVE * (abs(left) + abs(right)))


def key(labels):
    return tuple(sorted(labels.items()))


def show(labels):
    name = labels.get("__name__", "")
    return name + "{" + ", ".join(f'{k}="{v}"' for k, v in sorted(labels.items()) if k != "__name__") + "}"


def difference(medic, peer, ordered=False, nan_is_anything=False):
    """The first thing that differs, in words; None when the answers agree, or where medic says NaN and that is to count."""
    if medic["status"] != peer["status"]:
        return f"medic: {brief(medic)}\nPrometheus: {brief(peer)}"
    if peer["status"] == "error":
        if medic.get("errorType") != peer["errorType"]:
            return f"medic: {brief(medic)}\nPrometheus: {brief(peer)}"
        return None
    kind = peer["data"]["resultType"]
    if medic["data"]["resultType"] != kind:
        return f"medic answers with a {medic['data']['resultType']}, Prometheus with a {kind}"
    ours, theirs = medic["data"]["result"], peer["data"]["result"]
    if kind in ("scalar", "string"):
        same = ours[1] == theirs[1] if kind == "string" else same_number(ours[1], theirs[1])
        return None if same and ours[0] == theirs[0] else f"medic: {ours}\nPrometheus: {theirs}"
    problem = series_difference(ours, theirs, nan_is_anything)
    if problem is None and ordered and kind == "vector":
        if not all(same_number(a["value"][1], b["value"][1]) for a, b in zip(ours, theirs)):
            return "the same series in another order"
    return problem


def brief(answer):
    if answer["status"] == "error":
        return f"{answer.get('errorType')}: {answer.get('error')}"
    return f"{len(answer['data']['result'])} results of type {answer['data']['resultType']}"


def series_difference(ours, theirs, nan_is_anything):
    mine = {key(series["metric"]): series for series in ours}
    other = {key(series["metric"]): series for series in theirs}
    if len(mine) != len(ours):
        return "medic answers with the same series twice"
    for labels, series in mine.items():
        if labels not in other:
            return f"only medic has {show(series['metric'])} {first_points(series)} ({len(mine)} and {len(other)} series)"
    for labels, series in other.items():
        if labels not in mine:
            return f"only Prometheus has {show(series['metric'])} {first_points(series)} ({len(mine)} and {len(other)} series)"
        problem = points_difference(points(mine[labels]), points(series), nan_is_anything)
        if problem:
            return f"{show(series['metric'])}: {problem}"
    return None


def points(series):
    return [series["value"]] if "value" in series else series["values"]


def first_points(series):
    return points(series)[:2]


def points_difference(ours, theirs, nan_is_anything):
    if [time for time, _ in ours] != [time for time, _ in theirs]:
        mine, other = {time for time, _ in ours}, {time for time, _ in theirs}
        return f"only medic has points at {sorted(mine - other)[:4]}, only Prometheus at {sorted(other - mine)[:4]}"
    for (time, left), (_, right) in zip(ours, theirs):
        if not same_number(left, right, nan_is_anything):
            return f"at {time} medic has {left}, Prometheus {right}"
    return None
