"""What Prometheus 2.42 (Debian 12's) and 3 answer differently on purpose. medic follows 3.

Most of it is kept out where queries and samples are made, because then everything else is compared to the last digit:

| difference                                                  | kept out by                                                  |
|-------------------------------------------------------------|--------------------------------------------------------------|
| windows and lookback exclude their left edge in 3           | no sample ever lies on an edge (samples.py)                  |
| a subquery's left edge too                                  | query times are on half seconds, steps on whole ones         |
| `.` in a regular expression matches a newline in 3          | no label value holds one                                     |
| names are dropped at the end of a query, not on the way     | no grouping or relabelling by `__name__`; functions that     |
|                                                             | drop the name take selectors of one name                     |
| extrapolation to zero is limited before, not after, the     | counters begin high, and have either gaps or resets          |
| threshold                                                   | (samples.py)                                                 |
| `holt_winters` is `double_exponential_smoothing`            | each is asked by its own name (peer_text)                    |
| sums are compensated in 3                                   | equal means: within 1e-6 of each other, or both within 1e-9  |
|                                                             | of zero; floor, ceil, round, sgn, changes, resets and        |
|                                                             | count_values see only values that come from samples as they  |
|                                                             | are                                                          |
| label_replace and label_join look for duplicates over the   | neither ever takes a label away                              |
| whole range                                                 |                                                              |

What is left is below, each with a name, a test of query and answers, and a reason; how often each applied is printed.
"""


def peer_text(expression):
    """The same question in the words of Prometheus 2.42."""
    return expression.replace("double_exponential_smoothing(", "holt_winters(")


# (name, applies(question, answer of medic, answer of Prometheus), reason)
KNOWN = []
