// Guards and their verdicts, with the numbers that led to them.

import {h} from '../core/dom.js'
import {span} from '../core/format.js'

export function guardList(guards) {
  return h('ul.guards', {}, guards.map(({guard, allowed, sentence, retryAfterSeconds}) =>
    h('li', {key: guard + sentence, class: allowed ? 'is-allowed' : 'is-refused'},
      h('span.guard-mark', {role: 'img', 'aria-label': allowed ? 'lets it pass' : 'holds it back'}, allowed ? '✓' : '✕'),
      h('span.guard-name', {}, guard),
      h('span', {}, sentence, retryAfterSeconds ? h('span.faint', {}, ` (in ${span(retryAfterSeconds)})`) : null))))
}
