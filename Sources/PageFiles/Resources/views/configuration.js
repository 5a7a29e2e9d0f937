// How this agent runs: its configuration without secrets, its health, its process.

import {command, get} from '../core/api.js'
import {h, patch} from '../core/dom.js'
import {full, span} from '../core/format.js'
import {keepFresh} from '../core/fresh.js'
import {badge, facts, output, section, since, table, trouble} from '../parts/common.js'

export function show(place, route, signal) {
  const state = {message: null}
  keepFresh({
    load: async (signal) => {
      const [config, flags, runtime, build, health] = await Promise.all([
        get('api/v1/status/config', {}, signal), get('api/v1/status/flags', {}, signal), get('api/v1/status/runtimeinfo', {}, signal),
        get('api/v1/status/buildinfo', {}, signal), get('medic/v1/health', {}, signal).catch(() => null),
      ])
      return {config, flags, runtime, build, health}
    },
    show: (data, error) => patch(place, tools(state), error ? trouble(error) : content(data)),
    signal, kinds: ['health'], every: 20,
  })
}

function tools(state) {
  const said = h('span.faint', {role: 'status'}, state.message ?? '')
  return h('div.tools', {key: 'tools'}, h('h1', {}, 'Configuration'), said, h('button', {type: 'button', onclick: async (event) => {
    const place = event.currentTarget.previousElementSibling
    place.textContent = 'Reloading…'
    state.message = await command('-/reload').then(() => 'Reloaded.', (error) => error.message)
    place.textContent = state.message
  }}, 'Reload'))
}

function content({config, flags, runtime, build, health}) {
  return [
    h('div.columns', {key: 'columns'},
      section('The agent', {key: 'agent'}, facts([
        ['version', build.revision], ['started', [full(runtime.startTime), ' · ', since(runtime.startTime)]],
        ['configuration', [runtime.reloadConfigSuccess ? badge('ok', 'in use') : badge('err', 'not reloaded'), ' ', since(runtime.lastConfigTime)]],
        ['samples are kept for', runtime.storageRetention], ['data', runtime.CWD],
        ...Object.entries(flags).map(([name, value]) => [name, value]),
      ])),
      health ? section('Its health', {key: 'health'}, checks(health)) : null),
    section('Running configuration', {key: 'yaml'}, h('p.faint', {}, 'Secrets are hidden.'), output(config.yaml || '# defaults', 'Configuration')),
  ]
}

function checks(health) {
  const columns = ['Part', 'State', 'What was found', {title: 'Took', class: 'number'}]
  return table('Health', columns, h('tbody', {}, health.checks.map((check) => h('tr', {key: check.name},
    h('td', {}, check.name), h('td', {}, badge(check.status)), h('td', {}, check.message ?? ''),
    h('td.number', {}, span(check.latencySeconds))))))
}
