"""The samples that both are asked about: counters with resets, gauges, histograms, gaps, series that come and go.

Two rules keep out what Prometheus 2 and 3 answer differently on purpose (see differences.py):
- no sample lies on a whole or a half second, and every query's times do, so no sample lies on the edge of a window;
- counters begin high, and one that resets has no gaps, so that no extrapolation to the left would pass zero.
"""
import math

BEGIN = 1767225600  # 2026-01-01T00:00:00Z
LENGTH = 2 * 3600
END = BEGIN + LENGTH

JOBS = ("api", "web", "db")
INSTANCES = ("a:1", "b:1", "c:1")
BOUNDS = ("0.005", "0.01", "0.05", "0.1", "0.5", "1", "5", "+Inf")

# What the generator of queries knows of each metric: its labels, and which functions make sense of it.
METRICS = {
    "http_requests_total": (("job", "instance", "method", "code"), "counter"),
    "network_bytes_total": (("instance", "device"), "counter"),
    "request_seconds_bucket": (("job", "instance", "le"), "bucket"),
    "request_seconds_count": (("job", "instance"), "counter"),
    "request_seconds_sum": (("job", "instance"), "counter"),
    "temperature": (("job", "instance", "zone"), "gauge"),
    "queue_depth": (("job", "instance"), "gauge"),
    "memory_bytes": (("job", "instance"), "gauge"),
    "healthy": (("job", "instance"), "gauge"),
    "limit": (("job",), "gauge"),
    "build_info": (("job", "instance", "version"), "gauge"),
    "odd": (("kind",), "odd"),
}


class Target:
    """One scrape target: when it is scraped, and when it is away."""

    def __init__(self, random, interval, gaps):
        phase = random.randrange(20, 470) + 1000 * random.randrange(interval)
        self.times = []
        begins = random.choice((0, 0, 0, random.randrange(LENGTH // 3))) if gaps else 0
        ends = random.choice((LENGTH, LENGTH, LENGTH - random.randrange(LENGTH // 3))) if gaps else LENGTH
        away = []
        for _ in range(random.randrange(4) if gaps else 0):
            start = random.randrange(LENGTH)
            away.append((start, start + random.choice((20, 45, 120, 290, 310, 900))))
        for second in range(0, LENGTH, interval):
            if not begins <= second < ends or any(start <= second < end for start, end in away):
                continue
            # A few milliseconds late, as scrapes are; never so many that a half or whole second is met.
            self.times.append(BEGIN * 1000 + second * 1000 + phase + random.choice((0, 0, 0, 1, 2, 5)))


def counter(random, target, step, resets):
    """Grows by up to `step` a sample, sometimes not at all; falls to nothing `resets` times."""
    value, falls = 100_000 + random.randrange(100_000), {random.randrange(len(target.times)) for _ in range(resets)}
    idle = random.random() * 0.6
    values = []
    for index, _ in enumerate(target.times):
        value = 0 if index in falls else value
        value += 0 if random.random() < idle else random.randrange(1, step + 1)
        values.append(value)
    return values


def walk(random, target, start, step, digits):
    value, values = start, []
    for _ in target.times:
        value += random.uniform(-step, step) if random.random() < 0.8 else 0
        values.append(round(value, digits))
    return values


def families(random):
    """Every family: name, type, and its series as (name, labels, times, values)."""
    steady = {(job, instance): Target(random, 15, gaps=False) for job in JOBS for instance in INSTANCES}
    flaky = {(job, instance): Target(random, random.choice((15, 15, 30, 60)), gaps=True) for job, instance in steady}

    yield "http_requests", "counter", [
        ("http_requests_total", dict(job=job, instance=instance, method=method, code=code), target.times,
         counter(random, target, random.choice((1, 5, 20)), random.choice((0, 0, 1, 3))))
        for (job, instance), target in steady.items() for method in ("GET", "POST") for code in ("200", "404", "500")
        if random.random() < 0.9]
    yield "network_bytes", "counter", [
        ("network_bytes_total", dict(instance=instance, device=device), target.times, counter(random, target, 20, 0))
        for (job, instance), target in flaky.items() if job == "api" for device in ("eth0", "eth1", "lo")]
    yield "request_seconds", "histogram", list(histograms(random, steady))
    yield "temperature", "gauge", [
        ("temperature", dict(job=job, instance=instance, zone=zone), target.times,
         walk(random, target, random.uniform(-10, 90), 2, 3))
        for (job, instance), target in flaky.items() for zone in ("north", "south", "")]
    yield "queue_depth", "gauge", [
        ("queue_depth", dict(job=job, instance=instance), target.times, walk(random, target, 50, 7, 0))
        for (job, instance), target in flaky.items()]
    yield "memory_bytes", "gauge", [
        ("memory_bytes", dict(job=job, instance=instance), target.times, walk(random, target, 4e9, 1e8, 0))
        for (job, instance), target in steady.items()]
    yield "healthy", "gauge", [
        ("healthy", dict(job=job, instance=instance), target.times, [int(random.random() < 0.9) for _ in target.times])
        for (job, instance), target in steady.items()]
    yield "limit", "gauge", [
        ("limit", dict(job=job), target.times, [limit] * len(target.times))
        for job, limit, target in zip(JOBS, (80, 12.5, 1e6), steady.values())]
    yield "build_info", "gauge", [
        ("build_info", dict(job=job, instance=instance, version=random.choice(("1.0", "1.1"))), target.times,
         [1] * len(target.times)) for (job, instance), target in steady.items()]
    rare = (math.nan, math.inf, -math.inf, 0, -0.0, 1e100, -1e100, 1e-300, 1.5, -7)
    yield "odd", "gauge", [
        ("odd", dict(kind=kind), target.times, [random.choice(rare[:count]) if random.random() < 0.3 else 42
                                               for _ in target.times])
        for kind, count, target in zip(("nan", "infinite", "all"), (1, 3, 10), flaky.values())]


def histograms(random, targets):
    for (job, instance), target in targets.items():
        shape = sorted(random.random() for _ in BOUNDS[:-1]) + [1]
        counts, total, rows = [1000 * (index + 100) for index in range(len(BOUNDS))], 100_000.0, []
        falls = {random.randrange(len(target.times))} if random.random() < 0.3 else set()
        for index, _ in enumerate(target.times):
            if index in falls:
                counts, total = [0] * len(BOUNDS), 0.0
            for _ in range(random.randrange(8)):
                place = next(i for i, bound in enumerate(shape) if random.random() <= bound)
                counts = [count + (i >= place) for i, count in enumerate(counts)]
                total = round(total + random.random(), 3)
            rows.append((list(counts), total))
        labels = dict(job=job, instance=instance)
        for place, bound in enumerate(BOUNDS):
            yield ("request_seconds_bucket", dict(labels, le=bound), target.times, [row[0][place] for row in rows])
        yield ("request_seconds_count", labels, target.times, [row[0][-1] for row in rows])
        yield ("request_seconds_sum", labels, target.times, [row[1] for row in rows])


def number(value):
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return repr(value)


def write(random, path):
    """Writes OpenMetrics text; returns how many series and samples it holds."""
    series = samples = 0
    with open(path, "w") as file:
        for family, kind, rows in families(random):
            file.write(f"# TYPE {family} {kind}\n")
            for name, labels, times, values in rows:
                text = ",".join(f'{key}="{value}"' for key, value in labels.items() if value)
                series, samples = series + 1, samples + len(times)
                for time, value in zip(times, values):
                    file.write(f"{name}{{{text}}} {number(value)} {time // 1000}.{time % 1000:03}\n")
        file.write("# EOF\n")
    return series, samples
