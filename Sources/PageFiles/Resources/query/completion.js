// What could stand at the cursor of an expression.

import {get} from '../core/api.js'
import {aggregations, keywords, tokens} from './tokens.js'
import {functions} from './functions.js'

const shown = 50
const grouping = new Set(['by', 'without', 'on', 'ignoring', 'group_left', 'group_right'])
const kept = new Map()

/** Where the cursor is: `{kind: metric|label|value|span|none, prefix, start, metric, label}`. */
export function place(text, cursor) {
  const before = tokens(text.slice(0, cursor))
  const last = before.at(-1)
  const isWord = last?.kind === 'word'
  const start = isWord ? last.start : cursor
  const prefix = isWord ? last.text : ''
  const rest = (isWord ? before.slice(0, -1) : before).filter(({kind}) => kind !== 'space' && kind !== 'comment')
  const open = innermost(rest)
  if (last?.kind === 'string' && !isEnded(last.text)) {
    const matcher = rest.slice(0, -1)
    const label = matcher.at(-2)?.text
    if (open?.bracket === '{' && label) return {kind: 'value', prefix: last.text.slice(1), start: last.start + 1, label, metric: open.before}
    return {kind: 'none'}
  }
  if (last?.kind === 'comment' || last?.kind === 'number') return {kind: 'none'}
  if (open?.bracket === '[') return last.kind === 'span' ? {kind: 'span', prefix: last.text, start: last.start} : {kind: 'span', prefix, start}
  if (last?.kind === 'span') return {kind: 'none'}
  if (open?.bracket === '{') {
    const follows = rest.at(-1)
    return follows.text === '{' || follows.text === ',' ? {kind: 'label', prefix, start, metric: open.before} : {kind: 'none'}
  }
  if (open?.bracket === '(' && grouping.has(open.before)) return {kind: 'label', prefix, start, metric: metricIn(text)}
  return {kind: 'metric', prefix, start}
}

function innermost(all) {
  const stack = []
  all.forEach((token, index) => {
    if ('({['.includes(token.text)) stack.push({bracket: token.text, before: all[index - 1]?.text})
    else if (')}]'.includes(token.text)) stack.pop()
  })
  return stack.at(-1)
}

function isEnded(text) { return text.length > 1 && text.at(-1) === text[0] && text.at(-2) !== '\\' }

function metricIn(text) {
  return tokens(text).find(({kind, text: word}) => kind === 'word' && !functions[word] && !aggregations.includes(word) && !keywords.includes(word))?.text
}

/** What could be written there, best first: `{text, kind, help}`. */
export async function suggestions(where, signal) {
  switch (where.kind) {
  case 'metric': return metricsAndFunctions(where.prefix, signal)
  case 'label': return ranked((await labels(where.metric, signal)).map((text) => ({text, kind: 'label'})), where.prefix)
  case 'value': return ranked((await values(where.label, where.metric, signal)).map((text) => ({text, kind: 'value'})), where.prefix)
  case 'span': return ranked(['1m', '5m', '15m', '30m', '1h', '6h', '1d', '7d'].map((text) => ({text, kind: 'span'})), where.prefix)
  default: return []
  }
}

async function metricsAndFunctions(prefix, signal) {
  if (prefix === '') return []
  const [names, metadata] = await Promise.all([
    remembered('names', () => get('api/v1/label/__name__/values', {}, signal)),
    remembered('metadata', () => get('api/v1/metadata', {}, signal)),
  ])
  const all = [
    ...names.map((text) => ({text, kind: 'metric', help: helpOf(metadata, text)})),
    ...Object.entries(functions).map(([text, {parameters, help}]) => ({text, kind: 'function', help: `(${parameters}) ${help}`})),
    ...aggregations.map((text) => ({text, kind: 'aggregation'})),
    ...keywords.map((text) => ({text, kind: 'keyword'})),
  ]
  return ranked(all, prefix)
}

function helpOf(metadata, name) {
  const [about] = metadata[name] ?? metadata[name.replace(/_(bucket|count|sum|total)$/, '')] ?? []
  return about ? `${about.type}. ${about.help}` : ''
}

function labels(metric, signal) {
  return remembered(`labels ${metric}`, async () =>
    (await get('api/v1/labels', metric ? {'match[]': metric} : {}, signal)).filter((name) => name !== '__name__'))
}

function values(label, metric, signal) {
  const selector = metric && /^[\w:]+$/.test(metric) ? {'match[]': metric} : {}
  return remembered(`values ${label} ${metric}`, () => get(`api/v1/label/${encodeURIComponent(label)}/values`, selector, signal))
}

/** Names change slowly: what was asked for a minute ago is still good. */
async function remembered(name, ask) {
  const known = kept.get(name)
  if (known && performance.now() - known.at < 60_000) return known.value
  const value = await ask().catch((error) => {
    if (error.name === 'AbortError') throw error
    return name === 'metadata' ? {} : []
  })
  if (kept.size > 200) kept.clear()
  kept.set(name, {at: performance.now(), value})
  return value
}

/** Those that hold what was typed: beginnings before beginnings of words before the rest, short before long. */
function ranked(all, typed) {
  const wanted = typed.toLowerCase()
  const rank = ({text}) => {
    const name = text.toLowerCase()
    if (name === wanted) return -1
    if (name.startsWith(wanted)) return 0
    if (name.includes(`_${wanted}`)) return 1
    return name.includes(wanted) ? 2 : letters(name, wanted) ? 3 : 4
  }
  return all.map((item) => ({item, rank: rank(item)})).filter(({rank}) => rank < 4)
    .sort((one, other) => one.rank - other.rank || one.item.text.length - other.item.text.length || (one.item.text < other.item.text ? -1 : 1))
    .slice(0, shown).map(({item}) => item)
}

function letters(name, wanted) {
  let place = -1
  for (const letter of wanted) {
    place = name.indexOf(letter, place + 1)
    if (place < 0) return false
  }
  return wanted.length > 2
}
