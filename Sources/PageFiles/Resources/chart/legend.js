// What the lines of a chart are, as a table: also for who does not see the chart.

import {h, rows} from '../core/dom.js'
import {number} from '../core/format.js'
import {extent} from './series.js'
import {table} from '../parts/common.js'

const shown = 200

export function legend({series, start, end, format = number, label}) {
  const items = series.slice(0, shown).map(({name, points}, place) => {
    const last = points.values.findLast((value) => !Number.isNaN(value))
    return {name, place, last, ...extent(points, start, end)}
  })
  return [
    table(`Series of ${label}`, ['Series', ...['Last', 'Least', 'Greatest'].map((title) => ({title, class: 'number'}))],
      rows('tbody', {}, items, {
        key: ({name, place}) => `${place} ${name}`,
        sign: ({last, low, high}) => `${last} ${low} ${high}`,
        make: ({name, place, last, low, high}) => h('tr', {},
          h('td', {}, h('i.swatch', {class: `series-${place % 8 + 1}`}), ' ', h('code', {}, name)),
          [last, low, high].map((value) => h('td.number', {}, Number.isFinite(value) ? format(value) : ''))),
      })),
    series.length > shown ? h('p.faint', {}, `and ${series.length - shown} more series, which the chart shows`) : null,
  ]
}
