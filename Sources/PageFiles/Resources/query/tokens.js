// PromQL cut into its parts: for colours, and for knowing what could stand at the cursor.

import {h} from '../core/dom.js'

const pattern = new RegExp([
  /(?<comment>#[^\n]*)/,
  /(?<string>"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?|`[^`]*`?)/,
  /(?<span>(?:\d+(?:ms|[smhdwy]))+)(?![\w.])/,
  /(?<number>0x[\da-fA-F]+|(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/,
  /(?<word>[A-Za-z_:][\w:]*)/,
  /(?<operator>=~|!~|==|!=|>=|<=|[-+*/%^=<>@])/,
  /(?<bracket>[(){}[\],])/,
  /(?<space>\s+)/,
  /(?<other>.)/s,
].map((part) => part.source).join('|'), 'g')

export const aggregations = ['sum', 'avg', 'min', 'max', 'count', 'group', 'stddev', 'stdvar', 'topk', 'bottomk',
  'count_values', 'quantile', 'limitk', 'limit_ratio']

export const keywords = ['by', 'without', 'on', 'ignoring', 'group_left', 'group_right', 'offset', 'bool', 'and', 'or',
  'unless', 'atan2', 'start', 'end']

/** What is written, piece by piece: `{kind, text, start, end}`. */
export function tokens(text) {
  const found = []
  for (const match of text.matchAll(pattern)) {
    const [kind] = Object.entries(match.groups).find(([, value]) => value !== undefined)
    found.push({kind, text: match[0], start: match.index, end: match.index + match[0].length})
  }
  return found
}

/** The text as nodes, its parts told apart by classes. */
export function highlighted(text) {
  const all = tokens(text)
  return all.map((token, place) => {
    const kind = kindOf(token, all, place)
    return kind ? h(`span.t-${kind}`, {}, token.text) : token.text
  })
}

function kindOf(token, all, place) {
  if (token.kind === 'word') {
    const next = all.slice(place + 1).find((other) => other.kind !== 'space')
    if (keywords.includes(token.text) || aggregations.includes(token.text)) return 'keyword'
    if (next?.text === '(') return 'function'
    if (next?.text && ['=', '=~', '!=', '!~'].includes(next.text) && isInBraces(all, place)) return 'label'
    return isInBraces(all, place) ? 'label' : 'metric'
  }
  return ['string', 'number', 'span', 'comment', 'operator'].includes(token.kind) ? token.kind : null
}

function isInBraces(all, place) {
  for (let index = place; index >= 0; index -= 1) {
    if (all[index].text === '{') return true
    if (all[index].text === '}') return false
  }
  return false
}
