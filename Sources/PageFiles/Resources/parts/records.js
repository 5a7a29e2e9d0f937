// Lines of the record in small lists.

import {h, rows} from '../core/dom.js'
import {brief, full} from '../core/format.js'
import {link} from '../core/router.js'
import {nothing} from './common.js'

/** Where a record leads to; null where nowhere. */
export function addressOf(record) {
  if (record.run) return link('runs', record.run)
  if (record.fingerprint && record.kind === 'transition') return link('alerts', record.fingerprint)
  if (record.playbook) return link('playbooks', record.playbook)
  return record.unit ? link('units', record.unit) : null
}

export function records(list) {
  if (!list?.length) return nothing('Nothing is recorded.')
  return rows('ol.record-lines', {}, list, {
    key: (record) => String(record.id ?? `${record.at} ${record.text}`),
    sign: () => '',
    make: (record) => h('li', {},
      h('time', {datetime: record.at, title: full(record.at)}, brief(record.at)),
      h('span.kind', {}, record.kind), h('span', {}, record.text)),
  })
}
