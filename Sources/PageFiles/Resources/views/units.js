// The units of this host, and one of them with all that medic knows of it.

import {get} from '../core/api.js'
import {h, patch, rows} from '../core/dom.js'
import {bytes, span} from '../core/format.js'
import {keepFresh} from '../core/fresh.js'
import {go, link} from '../core/router.js'
import {alertName, badge, choice, facts, field, nothing, section, since, summaryOf, table, trouble} from '../parts/common.js'
import {guardList} from '../parts/guards.js'
import {journal} from '../parts/journal.js'
import {runList} from '../parts/runs.js'

const minor = (title, more = '') => ({title, class: `minor ${more}`})
const columns = ['State', 'Unit', minor('Description'), minor('Since'), minor('Restarts', 'number'), {title: 'Memory', class: 'number'},
  minor('Tasks', 'number'), {title: 'Alerts', class: 'number'}]

export function show(place, route, signal) {
  const [name] = route.parts
  if (name) return showUnit(place, name, signal)
  const wanted = {state: route.parameters.get('state') ?? 'all', text: route.parameters.get('text') ?? ''}
  keepFresh({
    load: (signal) => get('medic/v1/units', {limit: 1000}, signal),
    show: (data, error) => patch(place, tools(data?.units ?? [], wanted), error ? trouble(error) : list(data.units, wanted)),
    signal, kinds: ['alert'], every: 5,
  })
}

function tools(units, wanted) {
  const change = (more) => {
    const {state, text} = {...wanted, ...more}
    go(link('units', {state: state === 'all' ? null : state, text}), {replace: true})
  }
  const ill = units.filter((unit) => unit.isIll).length
  const states = [['all', `All ${units.length}`], ['ill', `Ill ${ill}`], ['active', 'Active'], ['inactive', 'Inactive']]
  return h('div.tools', {key: 'tools'}, h('h1', {}, 'Units'),
    choice('State', states, wanted.state, (state) => change({state})),
    field('Name', h('input', {type: 'search', value: wanted.text, oninput: (event) => change({text: event.target.value})})))
}

function list(units, wanted) {
  const text = wanted.text.toLowerCase()
  const shown = units.filter((unit) => (wanted.state === 'all' || (wanted.state === 'ill' ? unit.isIll : unit.state === wanted.state))
    && `${unit.name} ${unit.description ?? ''}`.toLowerCase().includes(text))
    .sort((one, other) => Number(other.isIll) - Number(one.isIll) || (one.name < other.name ? -1 : 1))
  if (!units.length) return nothing('medic sees no units here: it watches those of systemd.')
  if (!shown.length) return nothing('No unit fits.')
  return table('Units', columns, rows('tbody', {}, shown, {
    key: (unit) => unit.name,
    sign: (unit) => JSON.stringify(unit),
    make: (unit) => h('tr', {},
      h('td.narrow', {}, stateOf(unit)),
      h('td.leading', {}, h('a', {href: link('units', unit.name)}, unit.name)),
      h('td.faint.minor', {}, unit.description ?? ''),
      h('td.narrow.minor', {}, since(unit.since)),
      h('td.number.minor', {}, unit.restarts ?? ''),
      h('td.number', {}, bytes(unit.memoryBytes)),
      h('td.number.minor', {}, unit.tasks ?? ''),
      h('td.number', {}, unit.alerts ? badge('firing', unit.alerts) : '')),
  }))
}

/** How the unit is; systemd's finer word for it only where there is room. */
function stateOf({state, sub}) {
  const mark = badge(state)
  if (sub && sub !== state) mark.append(h('span.units-more', {}, ` (${sub})`))
  return mark
}

function showUnit(place, name, signal) {
  keepFresh({
    load: (signal) => get(`medic/v1/units/${encodeURIComponent(name)}`, {}, signal),
    show: (unit, error) => patch(place, error ? [h('h1', {}, name), trouble(error)] : page(unit)),
    signal, kinds: ['alert', 'run', 'step'], every: 5,
  })
}

function page(unit) {
  return [
    h('div.title', {key: 'title'}, h('a.back', {href: link('units')}, 'Units'), h('h1', {}, unit.name), badge(unit.state), h('p.faint', {}, unit.description ?? '')),
    h('div.columns', {key: 'columns'},
      section('State', {key: 'state'}, facts([
        ['state', [unit.state, unit.sub ? ` (${unit.sub})` : '', unit.load ? `, ${unit.load}` : '']],
        ['since', unit.since ? since(unit.since) : null],
        ['says of itself', unit.statusText], ['last result', unit.result], ['main process', unit.mainPID || null], ['restarts', unit.restarts],
        ['memory', bytes(unit.memoryBytes)], ['tasks', unit.tasks], ['processor time', span(unit.cpuSeconds)],
        ['needs', (unit.needs ?? []).map((other) => [h('a', {href: link('units', other)}, other), ' '])],
      ])),
      section('What medic may do', {key: 'playbooks'},
        unit.playbooks?.length ? h('ul.lines', {}, unit.playbooks.map(allowance)) : nothing('No playbook has treated this unit.'))),
    section('Alerts', {key: 'alerts', count: unit.alerts?.length ?? 0}, Array.isArray(unit.alerts) && unit.alerts.length
      ? h('ul.lines', {}, unit.alerts.map((alert) => h('li.line', {key: alert.fingerprint},
        badge(alert.state), alertName(alert), h('span.faint', {}, summaryOf(alert)), h('span.line-end', {}, since(alert.activeAt)))))
      : nothing('None.')),
    section('Runs', {key: 'runs'}, runList(unit.runs, 'medic never treated it.')),
    section('Journal', {key: 'journal'}, journal(unit.journal)),
  ]
}

function allowance({playbook, subject = '', lastRun, nextAllowed, sentence, guards}) {
  return h('li', {key: playbook + subject},
    h('div.line', {}, h('a', {href: link('playbooks', playbook)}, playbook),
      h('span.line-end', {}, lastRun ? ['ran ', since(lastRun)] : 'never ran', nextAllowed ? [', again ', since(nextAllowed)] : null)),
    h('p', {}, sentence ?? ''),
    guards?.length ? guardList(guards) : null)
}
