// The record: a calendar of quiet and loud hours, and every line of what happened.

import {get} from '../core/api.js'
import {h, patch, rows} from '../core/dom.js'
import {brief, clock, day} from '../core/format.js'
import {keepFresh} from '../core/fresh.js'
import {go, link} from '../core/router.js'
import {field, nothing, section, trouble} from '../parts/common.js'
import {calendar} from '../parts/calendar.js'
import {longList} from '../parts/longlist.js'
import {addressOf} from '../parts/records.js'

const kinds = ['transition', 'run', 'step', 'verdict', 'notification', 'act', 'config', 'medic']
const filters = ['alert', 'playbook', 'unit', 'run', 'text']
const page = 500
// Where two lines of text fit into a row (styles/views.css).
const narrow = matchMedia('(max-width: 800px)')

export function show(place, route, signal) {
  const {parameters} = route
  const wanted = {
    kind: parameters.getAll('kind'), since: parameters.get('since'), until: parameters.get('until'), fingerprint: parameters.get('fingerprint'),
    ...Object.fromEntries(filters.map((name) => [name, parameters.get(name)])),
  }
  let hours = null, records = [], next = null, problem = null, isLoading = false, isLoaded = false
  const draw = () => patch(place,
    h('h1', {key: 'title'}, 'History'),
    hours ? section('Quiet and loud hours', {key: 'calendar'}, quietHours(hours, wanted, choose)) : null,
    form(wanted),
    problem ? trouble(problem) : isLoaded ? list(records, next, more) : nothing('Loading…'))
  const choose = (since, until) => go(link('history', {...wanted, since, until}), {replace: true})

  const more = async () => {
    if (isLoading || !next) return
    isLoading = true
    try {
      const answer = await get('medic/v1/history', {...wanted, limit: page, after: next}, signal)
      records = [...records, ...answer.records]
      next = answer.next ?? null
      draw()
    } catch {
      // The next turn of the wheel asks again.
    } finally {
      isLoading = false
    }
  }

  keepFresh({
    load: async (signal) => {
      const [lines, busy] = await Promise.all([
        get('medic/v1/history', {...wanted, limit: page}, signal),
        get('medic/v1/calendar', {}, signal).catch(() => null),
      ])
      return {lines, busy}
    },
    show: (loaded, error) => {
      problem = error
      if (loaded) {
        hours = loaded.busy?.hours ?? null
        ;({records, next} = merged(loaded.lines, records, next, isLoaded))
        isLoaded = true
      }
      draw()
    },
    signal, kinds: ['record', 'alert', 'run', 'step'], calm: 1_500, every: 30,
  })
}

/** The calendar, drawn anew only when it shows something else: it has more cells than the list has rows. */
function quietHours(hours, wanted, choose) {
  return rows('div', {}, [hours], {
    key: () => 'calendar',
    sign: () => JSON.stringify([day(Date.now()), wanted.since, hours]),
    make: () => calendar(hours, wanted, choose),
  })
}

/** The newest lines before those that were loaded already, so that a list that was scrolled far stays where it is. */
function merged(lines, former, next, isLoaded) {
  const fresh = {records: lines.records, next: lines.next ?? null}
  if (!isLoaded || former.length <= page) return fresh
  const oldest = lines.records.at(-1)
  const rest = former.findIndex((record) => record.id === oldest?.id)
  return rest < 0 ? fresh : {records: [...lines.records, ...former.slice(rest + 1)], next}
}

function form(wanted) {
  const change = (more) => go(link('history', {...wanted, ...more}), {replace: true})
  const kindBoxes = h('fieldset.kinds', {}, h('legend.unseen', {}, 'Kinds'), kinds.map((kind) => h('label', {},
    h('input', {type: 'checkbox', checked: wanted.kind.includes(kind), onchange: (event) =>
      change({kind: event.target.checked ? [...wanted.kind, kind] : wanted.kind.filter((other) => other !== kind)})}), ' ', kind)))
  const words = filters.map((name) => field(name, h('input', {
    type: 'search', size: 14, value: wanted[name] ?? '', onchange: (event) => change({[name]: event.target.value}),
  })))
  const chosen = wanted.since ? h('button', {type: 'button', onclick: () => change({since: null, until: null})},
    `since ${day(wanted.since)} ${clock(wanted.since, false)} ✕`) : null
  return h('div.tools.history-tools', {key: 'form'}, kindBoxes, words, chosen)
}

function list(records, next, more) {
  if (!records.length) return nothing('Nothing is recorded that fits.')
  return longList({label: 'History', items: records, isWhole: !next, more, get height() { return narrow.matches ? 60 : 34 }, row: (record) => {
    const address = addressOf(record)
    return [h('span.record-time', {role: 'cell'}, brief(record.at)), h('span.kind', {role: 'cell'}, record.kind),
      h('span.record-text', {role: 'cell', title: record.text}, address ? h('a', {href: address}, record.text) : record.text)]
  }})
}
