"""The cases of Tests/Conformance/alerts: patients whose temperature follows a timeline, and rules that watch them.

After the claims of Prometheus's alert generator specification (github.com/prometheus/compliance): how alerts become pending, fire
and end, with a `for` of zero, below the interval and above it; several alerts of one rule; rules that read what rules before and
after them say; templates; and beyond it keep_firing_for, absence, duplicates, failing templates and values that are no numbers.
"""

# How long the timelines are, in seconds.
LENGTH = 36

# (case, patient): from which second on which temperature; None is when it is not told at all. Every step is at least three
# seconds from the next one of its series, which is more than scraping and evaluating each second can be late by.
TIMELINES = {
    ("steady", "ada"): [(0, 37), (3, 39), (6, 39.5), (12, 40.5), (16, 37), (20, 41), (29, 36)],
    ("fleeting", "ada"): [(0, 37), (4, 39), (8, 37)],
    ("fleeting", "bob"): [(0, 37), (4, 39), (8, None)],
    ("never", "ada"): [(0, 37), (5, 98.5), (12, 37)],
    ("zero", "ada"): [(0, 37), (5, 39), (10, 37), (20, 38.5), (25, None)],
    ("small", "ada"): [(0, 37), (5, 39), (12, 37), (20, 39), (28, None)],
    ("ward", "ada"): [(0, 37), (3, 39), (24, 37)],
    ("ward", "bob"): [(0, 37), (9, 39), (18, 37)],
    ("ward", "cyd"): [(0, 37), (12, 39), (24, None)],
    ("ward", "dan"): [(0, 37)],
    ("kept", "ada"): [(0, 37), (3, 39), (9, 37), (12, 39), (15, 37)],
    ("kept", "bob"): [(0, 37), (3, 39), (9, None), (21, 39), (26, 37)],
    ("changing", "ada"): [(0, 37), (4, 39), (11, 41), (18, 37)],
    ("doubled", "ada"): [(0, 37), (4, 39), (24, 37)],
    ("doubled", "bob"): [(0, 37), (10, 39), (17, 37)],
    ("absent", "ada"): [(0, 37), (6, None), (15, 37)],
    ("strange", "ada"): [(0, 37), (4, "NaN"), (10, 37), (14, "+Inf"), (20, "-Inf"), (26, 37)],
    ("broken", "ada"): [(0, 37), (4, 39), (12, 37)],
    ("recorded", "ada"): [(0, 37), (5, 39), (14, None)],
    # Never ill, looked up by templates.
    ("nurse", "eve"): [(0, 1), (15, 2)],
    ("nurse", "fay"): [(0, 3)],
}

RULES = """
groups:
- name: life
  interval: 1s
  rules:
  - alert: Steady
    expr: temperature{case="steady"} > 38
    for: 5s
    labels: {ward: north, was: '{{ $labels.case }}'}
    annotations:
      summary: '{{ $labels.patient }} has {{ $value }}, {{ .Value | humanize }}, {{ printf "%.1f" $value }}'
      told: 'by {{ $externalLabels.hospital }} {{ .ExternalLabels.hospital }}'
  - alert: Fleeting
    expr: temperature{case="fleeting"} > 38
    for: 8s
    annotations: {summary: this is over before it fires}
  - alert: Never
    expr: temperature{case="never"} > 99
    for: 3s
    labels: {ward: south}
  - alert: Changing
    expr: temperature{case="changing"} > 38
    for: 3s
    labels: {level: '{{ if gt $value 40.0 }}high{{ else }}raised{{ end }}'}
  - alert: Strange
    expr: temperature{case="strange"} != 37
    for: 2s
    annotations: {summary: '{{ $value }} {{ $value | humanize }} {{ humanizePercentage $value }} {{ humanizeDuration $value }}'}
  - alert: Absent
    expr: absent(temperature{case="absent",patient="ada"})
    for: 3s
    annotations: {summary: 'nobody knows of {{ $labels.patient }}{{ $labels.nothing }}'}
  - alert: Broken
    expr: temperature{case="broken"} > 38
    annotations: {good: 'still {{ $value }}', text: '{{ humanizeTimestamp "soon" }}', run: '{{ query "1 +" }}'}
- name: immediate
  interval: 1s
  rules:
  - alert: Zero
    expr: temperature{case="zero"} > 38
    labels: {patient: hidden}
    annotations:
      patient: '{{ $labels.patient }} not {{ .Labels.hidden }}'
      numbers: '{{ humanize 2097152 }} {{ humanize1024 2097152 }} {{ humanizeDuration 3725.5 }} {{ humanizePercentage 0.123 }} {{ humanizeTimestamp 1700000000 }}'
      texts: '{{ title "two words" }} {{ toUpper "up" }} {{ toLower "DOWN" }} {{ stripPort "[fe80::1]:80" }} {{ stripPort "10.0.0.1:80" }} {{ parseDuration "1h30m" }}'
      nurses: '{{ define "one" }}{{ .arg0 }}={{ .arg1 }};{{ end }}{{ range query "temperature{case=\\"nurse\\"}" | sortByLabel "patient" }}{{ template "one" (args (label "patient" .) (value .)) }}{{ end }}{{ with query "temperature{case=\\"nobody\\"}" }}{{ first . }}{{ else }}nobody{{ end }}'
      choice: '{{ if match "^a" $labels.patient }}{{ reReplaceAll "(.)d(.)" "$2d$1" $labels.patient }}{{ end }}{{ if match "z$" "azb" }}wrong{{ end }}'
- name: slower
  interval: 2s
  rules:
  - alert: Small
    expr: temperature{case="small"} > 38
    for: 500ms
- name: order
  interval: 1s
  rules:
  - alert: Early
    expr: ALERTS{alertname="Ward", alertstate="firing", patient="ada"} == 1
    labels: {patient: nobody}
  - alert: Ward
    expr: temperature{case="ward"} > 38
    for: 3s
    labels: {ward: north}
  - alert: Crowd
    expr: sum by (ward, alertname) (ALERTS{alertname="Ward", alertstate="firing"}) >= 2
    labels: {ward: '{{ $labels.ward }}-west', severity: page}
    annotations: {summary: '{{ $value }} of {{ $labels.alertname }} in {{ $labels.ward }}'}
  - record: ward:temperature:max
    expr: max by (case) (temperature{case="recorded"})
    labels: {source: rule}
  - alert: Recorded
    expr: ward:temperature:max{source="rule"} > 38
    for: 2s
- name: kept
  interval: 1s
  rules:
  - alert: Kept
    expr: temperature{case="kept"} > 38
    for: 2s
    keep_firing_for: 5s
    annotations: {summary: 'last {{ $value }}'}
- name: doubled
  interval: 1s
  rules:
  - alert: Doubled
    expr: temperature{case="doubled"} > 38
    for: 2s
    labels: {patient: somebody}
  - alert: AfterDoubled
    expr: count(temperature{case="doubled"} > 38) == 2
"""

INTERVALS = {"Small": 2.0}
HOLDS = {"Steady": 5, "Fleeting": 8, "Never": 3, "Changing": 3, "Strange": 2, "Absent": 3, "Small": 0.5, "Ward": 3,
         "Recorded": 2, "Kept": 2, "Doubled": 2}


def exposition(second):
    """What the patients' server tells at a second of the timelines."""
    lines = ["# TYPE temperature gauge"]
    for (case, patient), steps in TIMELINES.items():
        value = [value for start, value in steps if start <= max(0, second)][-1]
        if value is not None:
            lines.append(f'temperature{{case="{case}",patient="{patient}"}} {value}')
    return "\n".join(lines) + "\n"
