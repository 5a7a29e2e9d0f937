// The last four weeks, a row a day and a column an hour: when was it quiet, when loud, when did medic heal.

import {h} from '../core/dom.js'
import {count, day, zone} from '../core/format.js'

const hour = 3_600_000
const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

/** `choose(since, until)` is called for the hour or the day that somebody wants to see. */
export function calendar(hours, {since}, choose) {
  const byHour = new Map(hours.map((one) => [new Date(one.at).getTime(), one]))
  const midnight = new Date()
  midnight.setHours(0, 0, 0, 0)
  const days = Array.from({length: 28}, (_, back) => {
    const date = new Date(midnight)
    date.setDate(date.getDate() - back)
    return date
  })
  return h('div.calendar-frame', {role: 'region', 'aria-label': 'Calendar', tabindex: 0},
    h('table.calendar', {},
      h('caption.unseen', {}, 'Alerts that fired, by day and hour'),
      h('thead', {}, h('tr', {}, h('td', {}), Array.from({length: 24}, (_, at) =>
        h('th', {scope: 'col'}, at % 3 === 0 ? String(at).padStart(2, '0') : h('span.unseen', {}, at))))),
      h('tbody', {}, days.map((date) => h('tr', {key: date.getTime()},
        h('th', {scope: 'row'}, h('button.day', {type: 'button', onclick: () => choose(date.toISOString(), new Date(date.getTime() + 24 * hour).toISOString())},
          h('span', {}, weekdays[date.getDay()]), ' ', day(date).slice(5))),
        Array.from({length: 24}, (_, at) => cell(new Date(date).setHours(at), byHour, since, choose)))))),
    h('p.key', {},
      ['quiet', '1', '3', '10', '30 alerts an hour and more'].map((words, level) => h('span', {}, h('i', {class: `level-${level}`}), words)),
      h('span', {}, h('i.has-healed'), 'medic healed'), h('span.faint', {}, `hours are of ${zone()}`)))
}

function cell(at, byHour, since, choose) {
  // Hours are told in UTC; in a zone of half hours two of them share a cell of the local day.
  const told = byHour.get(Math.floor(at / hour) * hour)
  if (!told) return h('td', {}, at > Date.now() ? null : h('i.level-0'))
  const {fired = 0, runs = 0, healed = 0} = told
  const level = fired === 0 ? 0 : fired < 3 ? 1 : fired < 10 ? 2 : fired < 30 ? 3 : 4
  const start = new Date(at).toISOString()
  const words = `${day(at)} ${String(new Date(at).getHours()).padStart(2, '0')}:00, ${count(fired, 'alert')} fired, ${count(runs, 'run')}, ${healed} healed`
  return h('td', {}, h('button', {
    type: 'button', class: `level-${level}${healed ? ' has-healed' : ''}`, title: words, 'aria-label': words,
    'aria-pressed': String(since === start), onclick: () => choose(start, new Date(at + hour).toISOString()),
  }))
}
