// One run: what was considered, what was done step by step, and whether it helped.

import '../chart/chart.js'
import {columns} from '../chart/series.js'
import {ask, get} from '../core/api.js'
import {h, patch} from '../core/dom.js'
import {clock, formatterOf, full, moment, seriesName, span} from '../core/format.js'
import {keepFresh} from '../core/fresh.js'
import {link} from '../core/router.js'
import {badge, difference, expression, facts, nothing, output, plates, section, since, tree, trouble} from '../parts/common.js'
import {guardList} from '../parts/guards.js'
import {records} from '../parts/records.js'
import {runButtons, subjectOf, waitsForOperator} from '../parts/runs.js'

export function show(place, route, signal) {
  const [id = ''] = route.parts
  let drawn = null, curve = null
  const draw = () => { if (drawn) patch(place, page(drawn, curve, reload)) }
  const reload = keepFresh({
    load: (signal) => get(`medic/v1/runs/${encodeURIComponent(id)}`, {}, signal),
    show: async (run, error) => {
      if (error) return patch(place, h('h1', {}, 'Run'), trouble(error))
      drawn = run
      draw()
      curve = await measured(run, signal).catch(() => curve)
      if (!signal.aborted) draw()
    },
    signal, every: 10,
    kinds: ['run', 'step', 'measured'], concerns: (event) => event.id === id || event.run === id,
  })
}

function page(run, curve, reload) {
  return [
    h('div.title', {key: 'title'}, h('a.back', {href: link('history', {kind: 'run'})}, 'Runs'),
      h('h1', {}, run.playbook), badge(run.state), h('span.faint', {}, subjectOf(run)), waitsForOperator(run) ? null : runButtons(run, reload)),
    h('p', {key: 'text'}, run.text),
    decision(run, reload),
    h('div.columns', {key: 'columns'},
      section('What it is about', {key: 'about'}, about(run)),
      section('Guards', {key: 'guards'}, run.guards?.length ? guardList(run.guards) : nothing('No guard was asked.'))),
    section('Timeline', {key: 'timeline'}, timeline(run)),
    section('Steps', {key: 'steps', count: run.steps?.length ?? 0}, run.steps?.length ? h('ol.steps', {}, run.steps.map(stepOf)) : nothing('It has no steps.')),
    section('Verification', {key: 'verification'}, verification(run, curve)),
    run.rollbacks?.length ? section('Armed rollbacks', {key: 'rollbacks'}, h('ul', {}, run.rollbacks.map((one) =>
      h('li', {}, `step ${one.step + 1}, armed ${full(one.at)}`, one.undoneAt ? `, undone ${full(one.undoneAt)}` : '')))) : null,
    section('Notifications', {key: 'notifications'}, run.notifications?.length ? records(run.notifications) : nothing('Nobody was told.')),
    section('What happened', {key: 'records'}, records(run.records)),
  ]
}

function decision(run, reload) {
  if (!waitsForOperator(run)) return null
  return h('div.card.is-waits', {key: 'decision'},
    run.waitingFor ? h('p', {}, `waits for ${run.waitingFor}`) : null,
    run.approvalUntil ? h('p.faint', {}, 'may be approved until ', full(run.approvalUntil)) : null,
    h('ol.will-do', {}, (run.steps ?? []).filter((step) => step.part === 'steps' || step.part === 'try 1').map((step) => h('li', {}, step.sentence ?? step.action))),
    runButtons(run, reload))
}

function about(run) {
  const {trigger = {}, approval} = run
  return facts([
    ['alert', run.fingerprint ? h('a', {href: link('alerts', run.fingerprint)}, run.alert ?? run.fingerprint) : run.alert],
    ['labels', plates(trigger.labels, {without: ['alertname']})],
    ['value', trigger.value], ['expression', trigger.expression ? expression(trigger.expression, {isLink: true}) : null],
    ['unit', run.unit ? h('a', {href: link('units', run.unit)}, run.unit) : null],
    ['opened', [full(run.opened), ' · ', since(run.opened)]], ['took', run.durationSeconds === undefined ? null : span(run.durationSeconds)],
    ['mode', run.mode], ['asked for by', run.requestedBy],
    ['approval', approval ? `${approval.granted ? 'granted' : 'refused'} by ${approval.by ?? 'nobody known'}, ${full(approval.at)}` : null],
    ['locks', run.locks?.length ? run.locks.join(', ') : null],
    ['joined by', run.joined?.length ? run.joined.map((labels) => plates(labels)) : null],
    ['variables', run.variables && Object.keys(run.variables).length ? tree(run.variables) : null],
  ])
}

/** Every try of every step as a bar, under one axis of time. */
function timeline(run) {
  const bars = (run.steps ?? []).flatMap((step) => (step.attempts ?? []).map((attempt) => ({
    name: step.name ?? step.action, state: attempt.result ?? 'running', start: moment(attempt.began),
    end: attempt.ended ? moment(attempt.ended) : Date.now(),
  })))
  const samples = run.verification?.samples ?? []
  if (!bars.length && !samples.length) return nothing(run.state === 'waiting' ? 'Nothing is done before it is approved.' : 'Nothing was done.')
  const opened = moment(run.opened)
  const first = Math.min(...bars.map((bar) => bar.start), ...samples.map(({at}) => moment(at)))
  const end = Math.max(run.ended ? moment(run.ended) : 0, ...bars.map((bar) => bar.end), ...samples.map(({at}) => moment(at)), opened + 1_000)
  // Beside hours in which it waited for an operator, what was done in seconds would not be seen: then the axis begins with the first deed.
  const start = first - opened > 2 * (end - first) ? first : opened
  const waited = start > opened ? ` after ${span((start - opened) / 1_000)} of waiting` : ''
  const at = (time) => `${((time - start) / (end - start) * 100).toFixed(3)}%`
  const line = (name, pieces, words) => h('div.bar-line', {}, h('span.bar-name', {}, name), h('div.bar-track', {}, pieces), h('span.bar-words', {}, words))
  const piece = (bar) => {
    const element = h('span.bar', {class: `bar-${bar.state}`, title: `${clock(bar.start)} to ${clock(bar.end)}`})
    element.style.left = at(bar.start)
    element.style.width = `max(3px, ${((bar.end - bar.start) / (end - start) * 100).toFixed(3)}%)`
    return element
  }
  const dot = (sample) => {
    const element = h('span.dot', {class: `dot-${sample.result}`, title: `${clock(sample.at)} ${sample.result}: ${sample.reason ?? ''}`})
    element.style.left = at(moment(sample.at))
    return element
  }
  return h('div.timeline', {},
    line('', h('div.bar-ends', {}, h('span', {}, clock(start) + waited), h('span', {}, `+${span((end - start) / 1_000)}`)), ''),
    bars.map((bar) => line(bar.name, piece(bar), `${String(bar.state).replaceAll('_', ' ')}, ${span((bar.end - bar.start) / 1_000)}`)),
    samples.length ? line('verification', samples.map(dot), `${samples.filter(({result}) => result === 'healthy').length} of ${samples.length} healthy`) : null)
}

function stepOf(step) {
  const attempts = step.attempts ?? []
  const isBad = ['failed', 'timed_out', 'unknown'].includes(step.state)
  return h('li.step', {key: `${step.part} ${step.index}`},
    h('details', {open: isBad},
      h('summary', {}, badge(step.state), h('b', {}, step.name ?? step.action), step.name && step.name !== step.action ? h('span.mono.faint', {}, step.action) : null,
        step.part !== 'steps' ? h('span.severity', {}, step.part) : null,
        h('span.line-end', {}, attempts.length ? span(attempts.reduce((sum, one) => sum + (one.durationSeconds ?? 0), 0)) : '')),
      h('p', {}, step.sentence),
      h('p.faint', {}, termsOf(step)),
      facts(Object.entries(step.arguments ?? {}).map(([name, value]) => [name, tree(value)])),
      attempts.map((attempt) => attemptOf(attempt, attempts.length))))
}

function termsOf({timeoutSeconds, isRepeatable, isTreatment}) {
  return [
    timeoutSeconds ? `at most ${span(timeoutSeconds)}` : null, isRepeatable ? 'may be repeated' : 'never repeated',
    isTreatment ? null : 'changes nothing',
  ].filter(Boolean).join(' · ')
}

function attemptOf(attempt, of) {
  return h('div.attempt', {key: attempt.attempt},
    of > 1 ? h('h3', {}, `try ${attempt.attempt}`, ' ', badge(attempt.result ?? 'running')) : null,
    attempt.message ? h('p', {}, attempt.message) : null,
    attempt.error ? h('p.complaint', {}, attempt.error) : null,
    attempt.before !== undefined || attempt.after !== undefined ? change(attempt.before, attempt.after) : null,
    attempt.diff ? difference(attempt.diff) : null,
    attempt.output ? output(attempt.output) : null,
    attempt.evidence?.length ? facts([['evidence', h('ul', {}, attempt.evidence.map((path) => h('li.mono', {}, path)))]]) : null)
}

function change(before, after) {
  return h('div.change', {}, h('div', {}, h('h3', {}, 'before'), tree(before) || '–'), h('div', {}, h('h3', {}, 'after'), tree(after) || '–'))
}

function verification(run, curve) {
  const {verification: asked} = run
  if (!asked) return nothing('Nothing was measured.')
  const samples = asked.samples ?? []
  return [
    h('p', {}, `${asked.healthy} times healthy in a row, every ${span(asked.everySeconds)}, within ${span(asked.withinSeconds)}: `,
      h('span.faint', {}, samples.length ? samples.at(-1).reason ?? '' : 'not measured yet')),
    asked.expression ? expression(asked.expression, {isLink: true}) : null,
    curve ? h('medic-chart.is-low', {key: 'chart', model: {...curve, spans: periods(run, curve), marks: samples.map(mark)}}) : null,
  ]
}

function mark({at, result, reason = ''}) {
  return {at: moment(at) / 1_000, kind: {healthy: 'well', ill: 'ill'}[result] ?? 'watch', text: `${result}: ${reason}`}
}

function periods(run, curve) {
  const tries = (run.steps ?? []).flatMap(({name, action, attempts = []}) => attempts.map(({began, ended}) => ({
    start: moment(began) / 1_000, end: ended ? moment(ended) / 1_000 : curve.end, kind: 'busy', text: name ?? action,
  })))
  return tries.filter(({start, end}) => end >= curve.start && start <= curve.end)
}

/** What the alert compares, from before the run to after it, for the patient of this run; null where it cannot be had. */
async function measured(run, signal) {
  // What an operator started is about no alert.
  if (!run.fingerprint || run.trigger?.origin === 'command') return null
  const alert = await get(`medic/v1/alerts/${run.fingerprint}`, {}, signal)
  const [condition] = alert.conditions ?? []
  if (!condition) return null
  const opened = moment(run.opened) / 1_000
  const end = Math.min(Date.now() / 1_000, (run.ended ? moment(run.ended) / 1_000 : Date.now() / 1_000) + 120)
  const start = opened - Math.max(120, (end - opened) / 2)
  const step = Math.max(1, Math.round((end - start) / 300))
  const {result} = await ask('api/v1/query_range', {query: condition.subject, start, end, step}, signal)
  const labels = run.trigger?.labels ?? {}
  const concerns = ({metric}) => Object.entries(metric).every(([name, value]) => name === '__name__' || labels[name] === undefined || labels[name] === value)
  const series = result.filter(concerns).slice(0, 50).map(({metric, values}) => ({name: seriesName(metric), labels: metric, points: columns(values, step)}))
  if (!series.length) return null
  const format = formatterOf(condition.subject)
  const thresholds = Number.isFinite(condition.threshold) ? [{value: condition.threshold, text: `${condition.operation} ${format(condition.threshold)}`}] : []
  return {label: condition.subject, series, start, end, format, thresholds}
}
