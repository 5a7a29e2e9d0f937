"""Random questions of the right types. Every choice comes from one seeded generator of random numbers."""
from samples import BEGIN, BOUNDS, END, INSTANCES, JOBS, METRICS

VALUES = {
    "job": JOBS, "instance": INSTANCES, "method": ("GET", "POST"), "code": ("200", "404", "500"), "le": BOUNDS,
    "device": ("eth0", "eth1", "lo"), "zone": ("north", "south", ""), "version": ("1.0", "1.1"),
    "kind": ("nan", "infinite", "all"),
}
RANGES = ("1m", "2m", "5m", "7m30s", "10m", "30m", "1h", "90s")
STEPS = ("", "15s", "30s", "1m", "2m", "7s")

COUNTER_FUNCTIONS = ("rate", "increase", "irate", "resets", "idelta", "changes")
GAUGE_FUNCTIONS = ("delta", "idelta", "deriv", "changes", "resets", "irate")
OVER_TIME = ("avg", "min", "max", "sum", "count", "stddev", "stdvar", "last", "present")
MATH = ("abs", "exp", "ln", "log2", "log10", "sqrt", "deg", "rad", "asin", "acos", "atan", "sinh", "cosh", "tanh",
        "asinh", "acosh", "atanh")
# These jump or swing where their argument hardly changes, so they are given exact arguments only.
JUMPING = ("floor", "ceil", "sgn", "round", "sin", "cos", "tan")
CALENDAR = ("day_of_month", "day_of_week", "day_of_year", "days_in_month", "hour", "minute", "month", "year")
AGGREGATIONS = ("sum", "avg", "min", "max", "count", "group", "stddev", "stdvar")


class Vector:
    """An expression of type instant vector, with what the generator must know to use it."""

    def __init__(self, text, labels, exact=False, plain=False):
        self.text = text
        self.labels = tuple(labels)
        # Its values stand in the samples as they are: equal in both, to the last bit.
        self.exact = exact
        # It needs no parentheses anywhere.
        self.plain = plain

    def __str__(self):
        return self.text


class Questions:
    def __init__(self, random):
        self.random = random
        # How many subqueries are around what is being made.
        self.within = 0

    def pick(self, *choices):
        return self.random.choice(choices)

    def chance(self, probability):
        return self.random.random() < probability

    def wrap(self, vector):
        """With or without parentheses: without, precedence decides, in both alike."""
        return vector.text if vector.plain or self.chance(0.3) else f"({vector.text})"

    # ------------------------------------------------------------------------------------------------------- selectors

    def matcher(self, label):
        value, other = self.random.choice(VALUES[label]), self.random.choice(VALUES[label])
        quote = self.pick('"', '"', "'", "`")
        operation, text = self.pick(
            ("=", value), ("=", value), ("!=", value), ("=~", f"{value}|{other}"), ("!~", f"{value}|{other}"),
            ("=~", value[:1] + ".*"), ("!~", value[:1] + ".+"), ("=~", ".+"), ("=~", ".*"), ("=~", f"({value})"),
            ("=~", f"[{value[:1] or 'x'}].*|{other}"), ("=", ""), ("!=", ""), ("=~", f"(?i){value.upper()}"),
            ("=~", f"{value}.?"), ("!~", f".*{value[-1:]}"), ("=", "nowhere"), ("!=", "nowhere"), ("=~", "nowhere|"),
        )
        return f"{label}{operation}{quote}{text}{quote}"

    def selector(self, kinds=None):
        name = self.random.choice([name for name, (_, kind) in METRICS.items()
                                   if (kind in kinds if kinds else kind != "odd" or self.chance(0.3))])
        labels = METRICS[name][0]
        matchers = [self.matcher(label) for label in labels if self.chance(0.25)]
        if self.chance(0.05):
            matchers.append(self.pick('absent_label=""', 'absent_label!="x"', 'absent_label=~".*"', 'absent_label="x"'))
        if self.chance(0.05):
            return "{" + ",".join([f'__name__="{name}"'] + matchers) + "}", labels
        comma = "," if matchers and self.chance(0.1) else ""
        return name + ("{" + self.pick(",", ", ").join(matchers) + comma + "}" if matchers or self.chance(0.05) else ""), labels

    def duration(self):
        return self.random.choice(RANGES)

    def modifiers(self):
        """offset and @, in either order; @ times lie on half seconds as query times do."""
        parts = []
        if self.chance(0.15):
            parts.append(f"offset {self.pick('', '', '-')}{self.duration()}")
        if self.chance(0.1):
            parts.append("@ " + self.pick("start()", "end()", f"{self.time():.1f}"))
        self.random.shuffle(parts)
        return "".join(" " + part for part in parts)

    def plain_vector(self, kinds=None):
        text, labels = self.selector(kinds)
        return Vector(text + self.modifiers(), labels, exact=True, plain=True)

    def range_of(self, kinds, depth, inexact=True):
        """A range vector: of samples, or of a subquery. One within another has whole times for ends, and is shifted off."""
        if depth <= 0 or self.chance(0.75) or not inexact:
            text, labels = self.selector(kinds)
            return f"{text}[{self.duration()}]{self.modifiers()}", labels
        self.within += 1
        inner = self.vector(depth - 1)
        self.within -= 1
        shift = " offset 250ms" if self.within else self.modifiers()
        return f"{self.boxed(inner)}[{self.pick('2m', '5m', '10m', '12m')}:{self.pick(*STEPS)}]{shift}", inner.labels

    def boxed(self, vector):
        return vector.text if vector.plain and "offset" not in vector.text and "@" not in vector.text else f"({vector.text})"

    # --------------------------------------------------------------------------------------------------------- vectors

    def vector(self, depth):
        if depth <= 0:
            return self.plain_vector()
        makers = (
            (self.plain_vector, 1), (self.over_range, 6), (self.aggregated, 6), (self.combined, 5),
            (self.with_scalar, 4), (self.mathematical, 2), (self.quantile_of_buckets, 2), (self.ranked, 1),
            (self.relabelled, 1), (self.special, 2),
        )
        maker = self.random.choices([maker for maker, _ in makers], [weight for _, weight in makers])[0]
        return maker() if maker == self.plain_vector else maker(depth)

    def over_range(self, depth):
        choice = self.random.random()
        if choice < 0.35:
            function = self.random.choice(COUNTER_FUNCTIONS)
            text, labels = self.range_of(("counter", "bucket"), 0)
            return Vector(f"{function}({text})", labels, plain=True)
        if choice < 0.5:
            function = self.random.choice(GAUGE_FUNCTIONS)
            jumping = function in ("changes", "resets")
            text, labels = self.range_of(("gauge",), depth, inexact=not jumping)
            return Vector(f"{function}({text})", labels, plain=True)
        if choice < 0.8:
            text, labels = self.range_of(None, depth)
            return Vector(f"{self.random.choice(OVER_TIME)}_over_time({text})", labels, plain=True)
        text, labels = self.range_of(("gauge",), depth)
        return Vector(self.pick(
            f"quantile_over_time({self.pick('0.5', '0.9', '0', '1', '-1', '2')}, {text})",
            f"predict_linear({text}, {self.pick('600', '3600', '-60', '0')})",
            f"double_exponential_smoothing({text}, {self.pick('0.1', '0.5')}, {self.pick('0.1', '0.9')})",
        ), labels, plain=True)

    def grouping(self, labels):
        known = [label for label in labels if self.chance(0.5)]
        if self.chance(0.1):
            known.append(self.pick("absent_label", "zone", "job"))
        known = list(dict.fromkeys(known))
        if self.chance(0.2):
            return "", ()
        if self.chance(0.65):
            return f"by ({', '.join(known)})", known
        return f"without ({', '.join(known)})", [label for label in labels if label not in known]

    def aggregated(self, depth):
        operand = self.vector(depth - 1)
        clause, labels = self.grouping(operand.labels)
        if operand.exact and self.chance(0.1):
            call = f'"zzz_value", {operand}'
            operator, labels = "count_values", [*labels, "zzz_value"]
        elif self.chance(0.12):
            operator, call = "quantile", f"{self.pick('0.5', '0.25', '0.99', '0', '1', '-0.1', '1.1', 'NaN')}, {operand}"
        else:
            operator, call = self.random.choice(AGGREGATIONS), operand.text
        text = f"{operator} {clause} ({call})" if self.chance(0.7) else f"{operator}({call}) {clause}"
        return Vector(text.replace("  ", " ").strip(), labels, plain=True)

    def ranked(self, depth):
        # Of samples that hardly ever tie: which of two equal ones is kept is nobody's promise.
        operand = Vector(self.pick("temperature", "memory_bytes", "request_seconds_sum > 0"), ("job", "instance"))
        clause = self.pick("", "by (job)", "without (instance)", "by (instance)")
        return Vector(f"{self.pick('topk', 'bottomk')} {clause} ({self.pick('1', '2', '3', '100', '0')}, {operand})",
                      ("job", "instance"), exact=True, plain=True)

    def mathematical(self, depth):
        if self.chance(0.35):
            operand = self.plain_vector()
            function = self.random.choice(JUMPING)
            to = f", {self.pick('5', '0.1', '0.5', '100')}" if function == "round" and self.chance(0.5) else ""
            return Vector(f"{function}({operand}{to})", operand.labels, plain=True)
        operand = self.vector(depth - 1)
        bound = self.random.randrange(-50, 100)
        call = self.pick(
            f"{self.random.choice(MATH)}({operand})", f"{self.random.choice(MATH)}({operand})",
            f"clamp({operand}, {bound}, {bound + self.random.randrange(-5, 60)})",
            f"clamp_min({operand}, {bound})", f"clamp_max({operand}, {bound})", f"-{self.wrap(operand)}",
        )
        return Vector(call, operand.labels, plain=not call.startswith("-"))

    def quantile_of_buckets(self, depth):
        text, labels = self.range_of(("bucket",), 0)
        while "le" in text.partition("[")[0] and self.chance(0.7):
            text, labels = self.range_of(("bucket",), 0)
        operand = f"rate({text})" if self.chance(0.8) else "request_seconds_bucket"
        groups = ["le"] + [label for label in ("job", "instance") if self.chance(0.5)]
        if self.chance(0.7):
            operand = f"sum by ({', '.join(groups)}) ({operand})"
            labels = groups
        quantile = self.pick("0.5", "0.9", "0.95", "0.99", "0", "1", "-1", "2", "0.123")
        return Vector(f"histogram_quantile({quantile}, {operand})", [label for label in labels if label != "le"], plain=True)

    def relabelled(self, depth):
        operand = self.vector(depth - 1)
        source = self.pick(*(operand.labels or ("absent_label",)))
        regex = self.pick("(.*)", "(.)(.*)", "(a).*", "([a-z]+):([0-9]+)", "(?P<first>.).*", "nowhere", "")
        to = self.pick("$1", "${1}-x", "$2$1", "$first", "fixed", "$$1", "")
        text = self.pick(
            f'label_replace({operand}, "copy", "{to}", "{source}", "{regex}")',
            f'label_join({operand}, "copy", "{self.pick("-", "", ", ")}", "{source}", "{self.pick("job", "instance")}")',
        )
        return Vector(text, [*operand.labels, "copy"], operand.exact, plain=True)

    def special(self, depth):
        operand = self.vector(depth - 1)
        selector, labels = self.selector()
        return self.pick(
            Vector(f"absent({operand})", (), plain=True),
            Vector(f"absent({selector})", (), plain=True),
            Vector(f"absent_over_time({selector}[{self.duration()}])", (), plain=True),
            Vector(f"timestamp({selector})", labels, plain=True),
            Vector(f"vector({self.scalar(depth - 1)})", (), plain=True),
            Vector(f"{self.random.choice(CALENDAR)}({self.pick('', f'timestamp({selector})', 'vector(time())')})", (), plain=True),
            Vector(f"{self.pick('sort', 'sort_desc')}({operand})", operand.labels, plain=True),
            Vector(f"({operand})", operand.labels, operand.exact, plain=True),
            Vector(f"{self.pick('sum', 'count')} by (job) " + '({__name__=~"temperature|queue_depth|healthy",job!=""})',
                   ("job",), plain=True),
        )

    # ------------------------------------------------------------------------------------------------------- operators

    def threshold(self):
        """A number that no sample is equal to."""
        return self.pick("37.51213", "0.513371", "-3.77717", "1234.56789", "3.51e9", "150000.123")

    def with_scalar(self, depth):
        operand, number = self.vector(depth - 1), self.scalar(depth - 1)
        if self.chance(0.5):
            sides = [self.wrap(operand), number if number.replace(".", "").isalnum() else f"({number})"]
            if self.chance(0.4):
                sides.reverse()
            # A remainder jumps as floor does.
            operation = self.pick("+", "-", "*", "/", "%" if operand.exact and number.isdigit() else "+", "atan2")
            if self.chance(0.08):
                sides, operation = [self.wrap(operand), self.pick("2", "0.5", "-1", "0")], "^"
            return Vector(f"{sides[0]} {operation} {sides[1]}", operand.labels)
        operation, boolean = self.pick("<", ">", "<=", ">=", "!=", "=="), self.pick("", "", " bool")
        sides = [self.wrap(operand), self.threshold()]
        if self.chance(0.3):
            sides.reverse()
        return Vector(f"{sides[0]} {operation}{boolean} {sides[1]}", operand.labels, operand.exact and not boolean)

    def matching(self, left, right):
        shared = [label for label in left.labels if label in right.labels]
        if self.chance(0.3):
            return ""
        if self.chance(0.6):
            if not self.chance(0.15):
                return f" on ({', '.join(shared)})"
            return f" on ({', '.join(label for label in shared if self.chance(0.7))})"
        extra = [label for label in (*left.labels, *right.labels) if label not in shared]
        return f" ignoring ({', '.join(dict.fromkeys(extra))})"

    def combined(self, depth):
        left, right = self.vector(depth - 1), self.vector(depth - 1)
        if self.chance(0.3):
            # Pairs that do match: the same selector in two lights.
            text, labels = self.selector(("counter",))
            left = Vector(f"rate({text}[5m])", labels, plain=True)
            right = Vector(f"{self.pick('rate', 'increase')}({text}[{self.duration()}])", labels, plain=True)
        matching = self.matching(left, right)
        if self.chance(0.35):
            operation = self.pick("and", "or", "unless")
            return Vector(f"{self.wrap(left)} {operation}{matching} {self.wrap(right)}", left.labels)
        if matching and self.chance(0.35):
            extra = self.pick("", "", *right.labels)
            matching += f" {self.pick('group_left', 'group_left', 'group_right')}" + self.pick("", f" ({extra})")
        operation = self.pick("+", "-", "*", "/", "<", ">", "atan2", "> bool", "+")
        return Vector(f"{self.wrap(left)} {operation}{matching} {self.wrap(right)}", left.labels)

    def scalar(self, depth):
        if depth <= 0 or self.chance(0.6):
            return self.pick("1", "2", "0", "10", "0.5", "1e3", "0x1F", "100", "time()", "pi()", "3")
        return self.pick(
            f"scalar({self.plain_vector()})", f"scalar(sum({self.plain_vector()}))",
            f"({self.scalar(depth - 1)} {self.pick('+', '-', '*', '/', '^', '> bool', '== bool')} {self.scalar(depth - 1)})",
            f"-{self.scalar(0)}", f"{self.scalar(0)} {self.pick('+', '*', '^', '%')} {self.scalar(0)}", "Inf", "NaN",
        )

    # ------------------------------------------------------------------------------------------------------- questions

    def time(self):
        """A moment on a half second: in the samples, or a little before or after them."""
        return self.random.randrange(BEGIN - 400, END + 700) + 0.5

    def broken(self, text):
        """Cut, doubled or exchanged somewhere: nearly always an error, and the same kind of error in both."""
        place = self.random.randrange(len(text))
        return self.pick(text[:place], text[:place] + text[place + 1:], text[:place] + self.pick(*"()[]{},=~+\"") + text[place:])

    def expression(self):
        choice = self.random.random()
        if choice < 0.04:
            return self.scalar(3)
        if choice < 0.05:
            return '"a string"'
        if choice < 0.07:
            return self.selector()[0] + '[' + self.duration() + ']' + self.modifiers()
        if choice < 0.11:
            return self.broken(self.vector(2).text)
        return self.vector(self.random.randrange(1, 4)).text

    def question(self, identity):
        expression = self.expression()
        if self.chance(0.6):
            return {"id": identity, "expr": expression, "time": f"{self.time():.1f}"}
        step = self.pick(15, 30, 60, 120, 300, 7)
        start = self.time()
        return {"id": identity, "expr": expression, "start": f"{start:.1f}",
                "end": f"{start + step * self.random.randrange(40):.1f}", "step": str(step)}
