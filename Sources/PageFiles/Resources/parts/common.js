// What all views are made of.

import {h} from '../core/dom.js'
import {ago, full, seriesName} from '../core/format.js'
import {link} from '../core/router.js'
import {highlighted} from '../query/tokens.js'

/** What a state means to an operator: one of well, watch, ill, busy, waits, quiet. */
const meanings = {
  firing: 'ill', pending: 'watch', resolved: 'well', inactive: 'quiet',
  up: 'well', down: 'ill', unknown: 'watch', ok: 'well', err: 'ill',
  active: 'well', failed: 'ill', activating: 'busy', deactivating: 'busy', reloading: 'busy',
  healthy: 'well', degraded: 'watch', unhealthy: 'ill', ill: 'ill',
  healed: 'well', unhealed: 'ill', inconclusive: 'watch', blocked: 'watch', interrupted: 'watch', refused: 'quiet',
  expired: 'watch', unneeded: 'quiet', observed: 'quiet', cancelled: 'quiet', considered: 'busy', waiting: 'waits',
  running: 'busy', verifying: 'busy',
  succeeded: 'well', timed_out: 'ill', skipped: 'quiet', not_begun: 'quiet', not_done: 'quiet',
  closed: 'well', open: 'ill', half_open: 'watch', open_by_hand: 'watch',
  fired: 'ill', expired_silence: 'quiet', auto: 'well', approve: 'waits', observe: 'quiet', off: 'quiet',
}

function meaning(state) { return meanings[state] ?? 'quiet' }

/** A state as a word with a colour; the word alone says it too. */
export function badge(state, text = state) {
  return h('span.badge', {class: `is-${meaning(state)}`}, String(text).replaceAll('_', ' '))
}

/** A moment as how long ago it was. */
export function since(time) {
  if (!time) return ''
  return h('time', {datetime: time, title: full(time), 'data-ago': true}, ago(time))
}

/** Labels as small plates; a plate with an address is a link. */
export function plates(labels, {without = [], address} = {}) {
  const shown = Object.entries(labels ?? {}).filter(([name]) => !without.includes(name))
  return h('span.plates', {}, shown.map(([name, value]) => {
    const target = address?.(name, value)
    const content = [h('span.plate-name', {}, name), '=', h('span.plate-value', {}, value)]
    return target ? h('a.plate', {href: target}, content) : h('span.plate', {}, content)
  }))
}

/** PromQL with its parts told apart. */
export function expression(text, {isLink = false} = {}) {
  const code = h('code.expression', {}, highlighted(text))
  return isLink ? h('a.expression-link', {href: link('query', {expr: text}), title: 'Query this'}, code) : code
}

/** A part of a view under a heading. `count` stands beside it; `actions` at the end of the line. */
export function section(title, {count, actions, key = title, level = 2, quiet = false} = {}, ...content) {
  const heading = h(`h${level}`, {}, title, count === undefined ? null : h('span.count', {}, ` ${count}`))
  return h('section.section', {key, class: quiet ? 'is-quiet' : ''},
    h('div.section-head', {}, heading, actions ? h('div.actions', {}, actions) : null), content)
}

export function nothing(...text) { return h('p.nothing', {}, text) }

/** Why there is nothing to show. */
export function trouble(error) {
  const isMissing = error.status === 404
  return h('p.trouble', {role: 'alert', class: isMissing ? 'is-missing' : ''},
    isMissing ? `Not here: ${error.message}` : `This could not be loaded: ${error.message}`)
}

/** Says beside a button why what it asked for was not done, until it is pressed again: what is drawn meanwhile leaves it there. */
export function complain(button, words) {
  const complaint = h('p.complaint', {role: 'alert'}, words)
  complaint.stays = true
  button.before(complaint)
}

/** Names and values, one pair a line. Pairs without a value are left out. */
export function facts(pairs) {
  const shown = pairs.filter(([, value]) => value !== undefined && value !== null && value !== '')
  return h('dl.facts', {}, shown.map(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]))
}

/** A table: `columns` are `{title, class?}`, rows a finished body. */
export function table(label, columns, body) {
  const head = columns.map((column) => {
    const {title = column, class: style} = typeof column === 'object' ? column : {}
    return h('th', {scope: 'col', class: style ?? ''}, title)
  })
  return h('div.table-frame', {role: 'region', 'aria-label': label, tabindex: 0},
    h('table', {'aria-label': label}, h('thead', {}, h('tr', {}, head)), body))
}

/** What somebody chooses among, as buttons of which one is pressed. */
export function choice(label, options, chosen, choose) {
  return h('div.choice', {role: 'group', 'aria-label': label}, options.map(([value, text]) =>
    h('button', {type: 'button', 'aria-pressed': String(value === chosen), onclick: () => choose(value)}, text)))
}

/** A field with its label. */
export function field(label, control) { return h('label.field', {}, h('span.field-name', {}, label), control) }

export function alertName(alert) {
  return h('a.alert-name', {href: link('alerts', alert.fingerprint)}, alert.name ?? alert.labels?.alertname)
}

/** What an alert is about, in the words of its rule. */
export function summaryOf(alert) {
  const {summary, description, message} = alert.annotations ?? {}
  return summary ?? message ?? description ?? seriesName(alert.labels ?? {})
}

/** A text that a program printed. */
export function output(text, label = 'Output') {
  return h('pre.output', {tabindex: 0, role: 'region', 'aria-label': label}, text)
}

/** A difference between two texts, line by line as `diff -u` prints it. */
export function difference(text) {
  const lines = text.split('\n').map((line) => {
    const kind = line.startsWith('+') ? 'is-added' : line.startsWith('-') ? 'is-removed' : line.startsWith('@') ? 'is-place' : ''
    return h('span.difference-line', {class: kind}, line + '\n')
  })
  return h('pre.output.difference', {tabindex: 0, role: 'region', 'aria-label': 'Difference'}, lines)
}

/** Any JSON for people: objects as facts, everything else as text. */
export function tree(value) {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) {
    return value.every((item) => typeof item !== 'object')
      ? value.join(', ') : h('ul.tree', {}, value.map((item) => h('li', {}, tree(item))))
  }
  if (typeof value === 'object') return facts(Object.entries(value).map(([name, item]) => [name, tree(item)]))
  return String(value)
}
