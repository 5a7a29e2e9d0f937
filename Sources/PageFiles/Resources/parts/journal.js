// Lines of the journal.

import {h} from '../core/dom.js'
import {brief, full} from '../core/format.js'
import {nothing} from './common.js'

const loud = {emerg: 'is-ill', alert: 'is-ill', crit: 'is-ill', err: 'is-ill', warning: 'is-watch'}

export function journal(lines) {
  if (!lines?.length) return nothing('The journal says nothing of it.')
  return h('ol.journal', {tabindex: 0, role: 'region', 'aria-label': 'Journal'}, lines.map(({at, priority, program, text}) =>
    h('li', {class: loud[priority] ?? ''},
      h('time', {datetime: at, title: full(at)}, brief(at)), h('span.journal-program', {}, program ?? ''), h('span.journal-text', {}, text))))
}
