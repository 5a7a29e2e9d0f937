// One alert: what it says, its expression over time, why it is treated or not, and everything around it.

import '../chart/chart.js'
import {columns} from '../chart/series.js'
import {get} from '../core/api.js'
import {h, patch} from '../core/dom.js'
import {formatterOf, moment, number, seconds, seriesName, span} from '../core/format.js'
import {keepFresh} from '../core/fresh.js'
import {go, link} from '../core/router.js'
import {commandButton} from '../parts/commands.js'
import {badge, choice, expression, facts, nothing, plates, section, since, summaryOf, trouble} from '../parts/common.js'
import {guardList} from '../parts/guards.js'
import {journal} from '../parts/journal.js'
import {records} from '../parts/records.js'
import {runList} from '../parts/runs.js'

const spans = [['5m', '5m'], ['15m', '15m'], ['1h', '1h'], ['6h', '6h'], ['1d', '1d']]
const usual = '1h'

export function show(place, route, signal) {
  const [fingerprint] = route.parts
  const chosen = route.parameters.get('since')
  let wanted = chosen ?? usual
  const load = (since, signal) => get(`medic/v1/alerts/${encodeURIComponent(fingerprint ?? '')}`, {since}, signal)
  const reload = keepFresh({
    load: async (signal) => {
      const alert = await load(chosen ?? usual, signal)
      wanted = chosen ?? fitting(alert.curve)
      return wanted === (chosen ?? usual) ? alert : load(wanted, signal)
    },
    show: (alert, error) => patch(place, error ? [h('h1', {}, 'Alert'), trouble(error)] : page(alert, wanted, () => reload())),
    signal, every: 10,
    kinds: ['alert', 'run', 'step', 'record'], concerns: (event) => event.fingerprint === fingerprint || event.run !== undefined,
  })
}

/** The shortest span that shows all there is, where nobody chose one: an agent that began a minute ago has little to draw. */
function fitting(curve) {
  const began = Math.min(...(curve?.series ?? []).map(({values}) => values[0]?.[0] ?? Infinity))
  if (!Number.isFinite(began)) return usual
  const age = moment(curve.end) / 1_000 - began
  const [shortest] = spans.find(([, text]) => seconds(text) > age * 1.2) ?? [usual]
  return seconds(shortest) < seconds(usual) ? shortest : usual
}

function page(alert, wanted, reload) {
  const {summary, ...annotations} = alert.annotations ?? {}
  const choose = (value) => go(link('alerts', alert.fingerprint, {since: value}), {replace: true})
  return [
    h('div.title', {key: 'title'}, h('a.back', {href: link('now')}, 'Now'), h('h1', {}, alert.name), badge(alert.state),
      alert.isFlapping ? badge('pending', 'flapping') : null,
      h('div.buttons', {},
        h('a.button', {href: link('silences', {matchers: matchersOf(alert.labels)})}, 'Silence'),
        alert.state === 'firing' ? acknowledgement(alert, reload) : null),
      h('p.faint', {}, summary ?? summaryOf(alert))),
    h('div', {key: 'labels'}, plates(alert.labels, {without: ['alertname'], address: (name, value) => value === alert.unit ? link('units', value) : null})),
    h('div', {key: 'facts'}, facts([
      ['active', alert.activeAt ? since(alert.activeAt) : null], ['firing', alert.firesSince ? since(alert.firesSince) : null],
      ['looked after by', alert.acknowledgedBy],
      ['held while', alert.heldBy ? h('a', {href: link('runs', alert.heldBy)}, `run ${alert.heldBy} has a chance`) : null],
      ['waits for', alert.forSeconds ? span(alert.forSeconds) : null], ['value', alert.value === undefined ? null : number(Number(alert.value))],
      ['rule', alert.group ? [alert.group, h('span.faint', {}, ` ${alert.file ?? ''}`)] : null],
      ...Object.entries(annotations).map(([name, text]) => [name, /^https?:\/\//.test(text) ? outside(text) : text]),
    ])),
    section('Over time', {key: 'curve', actions: choice('Span', spans, wanted, choose)}, curve(alert)),
    section('Why medic treats it or not', {key: 'why'}, alert.playbooks?.length ? alert.playbooks.map(verdict) : nothing('No playbook is for this alert.')),
    section('Runs', {key: 'runs'}, runList(alert.runs, 'medic has not treated it.')),
    h('div.columns', {key: 'columns'},
      section('Who is told', {key: 'route'}, receivers(alert)),
      section('Silences', {key: 'silences'}, alert.silences?.length
        ? h('ul', {}, alert.silences.map((id) => h('li', {}, h('a', {href: link('silences')}, id)))) : nothing('None.'))),
    section('Journal', {key: 'journal'}, journal(alert.journal)),
    section('What happened', {key: 'transitions'}, records(alert.transitions)),
  ]
}

/** Who takes an alert upon themselves is not told of it again until it changes, and neither is anybody else. */
function acknowledgement({fingerprint, acknowledgedBy}, reload) {
  const path = `medic/v1/alerts/${fingerprint}`
  return acknowledgedBy
    ? commandButton('Nobody looks after it', `${path}/unacknowledge`, {done: reload})
    : commandButton('I look after it', `${path}/acknowledge`, {done: reload})
}

/** A link that somebody wrote into a rule; the site it leads to learns nothing of this one. */
function outside(address) { return h('a', {href: address, rel: 'noreferrer noopener', target: '_blank'}, address) }

function receivers({route, inhibitedBy}) {
  return [
    route?.length ? h('ol.route', {}, route.map((receiver) => h('li', {}, receiver))) : nothing('Nobody: no receiver is configured.'),
    inhibitedBy?.length ? h('p.faint', {}, 'inhibited by ', inhibitedBy.map((other) => h('a', {href: link('alerts', other)}, other))) : null,
  ]
}

function matchersOf(labels) {
  return Object.entries(labels ?? {}).map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(', ')
}

function curve(alert) {
  const {curve, conditions = []} = alert
  const [first] = conditions
  const query = expression(alert.expression ?? '', {isLink: true})
  if (!curve?.series?.length) return [query, nothing('There are no samples of it in this span.')]
  const [start, end] = [curve.start, curve.end].map((time) => moment(time) / 1_000)
  const series = curve.series.map(({labels, values}) => ({name: seriesName(labels), labels, points: columns(values, curve.stepSeconds)}))
  const format = formatterOf(first?.subject ?? '')
  const hasLimit = first && Number.isFinite(first.threshold)
  return [
    query,
    h('medic-chart', {key: 'chart', model: {
      label: first?.subject ?? alert.expression, series, start, end, format,
      thresholds: hasLimit ? [{value: first.threshold, text: `${first.operation} ${format(first.threshold)}`}] : [],
      spans: phases(alert, end), marks: marks(alert.runs ?? []),
    }}),
    h('div.key', {key: 'key'},
      hasLimit ? h('span', {}, h('i.is-line'), `fires when ${first.operation} ${format(first.threshold)}`) : null,
      alert.forSeconds ? h('span', {}, h('i.watch'), `true, waiting for ${span(alert.forSeconds)}`) : null,
      h('span', {}, h('i.ill'), 'firing'), alert.runs?.length ? h('span', {}, h('i.busy'), 'a run of medic') : null),
  ]
}

const beginnings = {pending: {kind: 'watch', text: 'true, not yet firing'}, firing: {kind: 'ill', text: 'firing'}}
const endings = ['resolved', 'inactive']

/** The times it was true and waiting, and the times it fired, by what is recorded of it. */
function phases(alert, end) {
  const changes = (alert.transitions ?? []).map(({name, at}) => ({name, at: moment(at) / 1_000})).reverse()
  // Of an alert that has been so for longer than the record reaches, only its own word is left.
  if (!changes.length && alert.activeAt) changes.push({name: 'pending', at: moment(alert.activeAt) / 1_000})
  if (changes.length < 2 && alert.firesSince) changes.push({name: 'firing', at: moment(alert.firesSince) / 1_000})
  const found = []
  for (const {name, at} of changes) {
    const last = found.at(-1)
    if (last && last.end === undefined && (beginnings[name] || endings.includes(name))) last.end = at
    if (beginnings[name]) found.push({...beginnings[name], start: at})
  }
  return found.map((span) => ({end, ...span}))
}

function marks(runs) {
  return runs.map(({id, playbook, state, opened}) => ({
    at: moment(opened) / 1_000, kind: state === 'healed' ? 'well' : 'busy', text: `${playbook}: ${state}`, address: link('runs', id),
  }))
}

function verdict({playbook, matches, sentence, mode, guards, run}) {
  return h('details.verdict', {key: playbook, open: guards?.some((guard) => !guard.allowed)},
    h('summary', {}, h('b', {}, playbook), ' ', mode ? badge(mode) : null, ' ', h('span', {}, sentence ?? (matches ? 'matches' : 'does not match'))),
    h('p', {}, h('a', {href: link('playbooks', playbook)}, 'The playbook'), run ? [' · ', h('a', {href: link('runs', run)}, 'Its run')] : null),
    guards?.length ? guardList(guards) : null)
}
