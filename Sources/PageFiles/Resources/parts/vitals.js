// How hard the host works, by what medic sees itself: the last hour, small.

import {ask} from '../core/api.js'
import {h} from '../core/dom.js'
import {number, percent} from '../core/format.js'
import {link} from '../core/router.js'
import {section} from './common.js'

const length = 3_600
const step = 60
const width = 200
const height = 36

const signs = [
  {name: 'Processor', query: '1 - avg(rate(node_cpu_seconds_total{mode="idle"}[2m]))', format: percent, most: 1},
  {name: 'Memory', query: '1 - max(node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes)', format: percent, most: 1},
  {
    name: 'Fullest disk', format: percent, most: 1,
    query: 'max(1 - node_filesystem_avail_bytes{fstype!~"tmpfs|ramfs|overlay|squashfs|devtmpfs"} / (node_filesystem_size_bytes > 0))',
  },
  {name: 'Load', query: 'max(node_load1)', format: number},
]

/** The signs that there are samples of: `{name, query, format, most, values}`. */
export async function measureVitals(signal) {
  const end = Math.floor(Date.now() / 1_000), start = end - length
  const answers = await Promise.allSettled(signs.map(({query}) => ask('api/v1/query_range', {query, start, end, step}, signal)))
  return signs.map((sign, place) => ({...sign, start, values: answers[place].value?.result[0]?.values ?? []}))
    .filter(({values}) => values.length)
}

export function vitalSigns(vitals) {
  if (!vitals?.length) return null
  return section('The last hour', {key: 'vitals'}, h('div.vitals', {}, vitals.map(vital)))
}

function vital({name, query, format, most, start, values}) {
  const last = Number(values.at(-1)[1])
  const greatest = Math.max(most ?? 0, ...values.map(([, text]) => Number(text))) || 1
  const points = values.map(([at, text]) =>
    `${((at - start) / length * width).toFixed(1)},${(height - 1 - Number(text) / greatest * (height - 2)).toFixed(1)}`)
  return h('a.vital', {key: name, href: link('query', {expr: query})},
    h('span.vital-name', {}, name), h('span.vital-value', {}, format(last)), spark(points.join(' ')))
}

function spark(points) {
  const make = (name, attributes) => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name)
    for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value)
    return element
  }
  const drawing = make('svg', {viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', 'aria-hidden': 'true', class: 'spark'})
  drawing.append(make('polyline', {points}))
  return drawing
}
