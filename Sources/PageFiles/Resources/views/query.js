// Asking the samples: an expression, its value at a moment as a table, or over time as lines.

import '../chart/chart.js'
import {ask, get} from '../core/api.js'
import {h, patch, rows} from '../core/dom.js'
import {count, formatterOf, full, number, promQLSpan, seconds, seriesName, span, zone} from '../core/format.js'
import {go, link} from '../core/router.js'
import {choice, field, nothing, plates, table, trouble} from '../parts/common.js'
import {columns} from '../chart/series.js'
import {expressionField} from '../query/field.js'
import {legend} from '../chart/legend.js'

const remembered = 'medic.queries'
const rowsShown = 1_000
const spans = [[900, '15m'], [3_600, '1h'], [21_600, '6h'], [86_400, '1d'], [604_800, '1w']]

export function show(place, route, signal) {
  const asked = settings(route.parameters)
  let box = place.querySelector('expression-field')
  if (!box) {
    box = expressionField(asked.expr)
    place.replaceChildren(box)
    box.input.focus()
  }
  if (box.input.value !== asked.expr && document.activeElement !== box.input) box.set(asked.expr)
  const change = (more) => go(address({...asked, expr: box.input.value, ...more}))
  box.run = () => change({})
  draw(place, box, asked, change, h('p.faint', {}, asked.expr ? 'Asking…' : ''))
  if (!asked.expr) {
    draw(place, box, asked, change, former())
    return
  }
  answer(place, box, asked, change, signal)
}

function settings(parameters) {
  const range = seconds(parameters.get('range') ?? '') || 3_600
  return {expr: parameters.get('expr') ?? '', tab: parameters.get('tab') ?? 'graph', range, end: Number(parameters.get('end')) || null}
}

function address({expr, tab, range, end}) {
  return link('query', {expr, tab: tab === 'graph' ? null : tab, range: range === 3_600 ? null : promQLSpan(range), end: end ? Math.round(end) : null})
}

async function answer(place, box, asked, change, signal) {
  const began = performance.now()
  try {
    const content = asked.tab === 'graph' ? await graph(asked, change, signal) : await moment(asked, signal)
    if (signal.aborted) return
    remember(asked.expr)
    const took = span((performance.now() - began) / 1_000)
    draw(place, box, asked, change, content, h('p.faint.took', {key: 'took'}, `answered in ${took}`))
  } catch (error) {
    if (!signal.aborted) draw(place, box, asked, change, trouble(error))
  }
}

function draw(place, box, asked, change, ...content) {
  patch(place,
    h('h1.unseen', {key: 'title'}, 'Query'),
    // The field that is there stays, with what stands in it, while everything around it is described anew.
    h('expression-field', {key: 'expression'}),
    controls(asked, change, box),
    h('div.answer', {key: 'answer'}, content))
}

function controls(asked, change, box) {
  const range = h('input', {type: 'text', size: 6, value: promQLSpan(asked.range), onchange: (event) => {
    const chosen = seconds(event.target.value)
    if (chosen > 0) change({range: chosen})
  }})
  const step = asked.range / 2
  const now = Date.now() / 1_000
  const end = asked.end ?? now
  return h('div.tools.query-tools', {key: 'tools'},
    h('button.primary', {type: 'button', onclick: () => change({})}, 'Ask'),
    h('button', {type: 'button', onclick: async () => {
      const text = await get('api/v1/format_query', {query: box.input.value}).catch(() => null)
      if (typeof text === 'string') box.set(text)
    }}, 'Format'),
    choice('Shown as', [['graph', 'Graph'], ['table', 'Table']], asked.tab, (tab) => change({tab})),
    asked.tab === 'graph' ? choice('Span', spans, asked.range, (range) => change({range})) : null,
    asked.tab === 'graph' ? field('Span', range) : null,
    h('div.buttons', {},
      h('button', {type: 'button', 'aria-label': 'Earlier', onclick: () => change({end: end - step})}, '←'),
      h('button', {type: 'button', 'aria-label': 'Later', disabled: !asked.end, onclick: () => change({end: end + step >= now ? null : end + step})}, '→'),
      asked.end ? h('button', {type: 'button', onclick: () => change({end: null})}, 'Now') : null))
}

async function graph(asked, change, signal) {
  const end = asked.end ?? Date.now() / 1_000
  const start = end - asked.range
  const step = Math.max(1, Math.ceil(asked.range / 1_440), asked.range / 400 > 1 ? Math.round(asked.range / 400) : 1)
  const data = await ask('api/v1/query_range', {query: asked.expr, start, end, step}, signal)
  const format = formatterOf(asked.expr)
  const series = data.result.map(({metric, values}) => ({name: seriesName(metric), labels: metric, points: columns(values ?? [], step)}))
  if (!series.length) return nothing('No series in this span.')
  const choose = (from, to) => change({range: Math.max(10, Math.round(to - from)), end: to})
  return [
    h('p.faint', {key: 'about'},
      `${count(series.length, 'series', 'series')}, every ${span(step)}, until ${full(end * 1_000)} ${zone()}. Drag over the chart to look closer.`),
    h('medic-chart.is-high', {key: 'chart', model: {label: asked.expr, series, start, end, format, choose}}),
    legend({series, start, end, format, label: asked.expr}),
  ]
}

async function moment(asked, signal) {
  const data = await ask('api/v1/query', {query: asked.expr, time: asked.end}, signal)
  const {resultType: type, result} = data
  if (type === 'scalar' || type === 'string') return h('p.scalar', {}, result[1])
  if (!result.length) return nothing('Nothing. The expression is fine, and no series answers it.')
  const shown = result.slice(0, rowsShown)
  return [
    h('p.faint', {}, count(result.length, 'series', 'series') + (result.length > rowsShown ? `, the first ${rowsShown} shown` : '')),
    table('Answer', ['Series', {title: 'Value', class: 'number'}], rows('tbody', {}, shown, {
      key: ({metric}) => seriesName(metric),
      sign: ({value, values}) => JSON.stringify(value ?? values),
      make: ({metric, value, values}) => h('tr', {},
        h('td', {}, metric.__name__ ? h('b.mono', {}, metric.__name__, ' ') : null, plates(metric, {without: ['__name__']})),
        h('td.number.value', {}, value ? exact(value[1]) : (values ?? []).map(([at, text]) => h('div', {}, `${text} @ ${at}`)))),
    })),
  ]
}

/** The value as it is; beside it how people say it, where that is shorter. */
function exact(text) {
  const brief = number(Number(text))
  return brief !== text && text.length > 8 ? [h('span.faint', {}, brief), ' ', text] : text
}

// The last expressions, on this machine only.

function formerQueries() {
  try {
    return JSON.parse(localStorage.getItem(remembered) ?? '[]')
  } catch {
    return []
  }
}

function remember(text) {
  try {
    localStorage.setItem(remembered, JSON.stringify([text, ...formerQueries().filter((other) => other !== text)].slice(0, 12)))
  } catch {
    // Then there are none.
  }
}

function former() {
  const all = formerQueries()
  const examples = ['up', 'ALERTS', 'rate(node_cpu_seconds_total[5m])', 'node_systemd_unit_state{state="failed"} == 1']
  return h('div', {}, h('h2', {}, all.length ? 'Asked before' : 'For example'),
    h('ul.former', {}, (all.length ? all : examples).map((text) => h('li', {}, h('a.mono', {href: link('query', {expr: text})}, text)))))
}
