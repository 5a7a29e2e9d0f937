// What is going on right now: loaded once, then told by events, and looked at again now and then in case one was missed.

import {get} from './api.js'
import {keepFresh} from './fresh.js'
import {live} from './live.js'

const endings = new Set(['resolved', 'cleared', 'inactive', 'dropped'])

/** The present as `{alerts, runs, health, healing, targets, units}`; `changed` is called at most four times a second. */
export function followPresent(changed, signal) {
  const present = {alerts: new Map(), runs: new Map(), health: null, healing: null, targets: null, units: null}
  let due = null

  const soon = () => {
    due ??= setTimeout(() => {
      due = null
      if (!signal.aborted) changed(present)
    }, 250)
  }
  signal.addEventListener('abort', () => clearTimeout(due))

  keepFresh({
    load: (signal) => loadPresent(signal),
    show: (loaded, trouble) => {
      present.trouble = trouble
      if (loaded) Object.assign(present, loaded)
      changed(present)
    },
    signal,
    every: 15,
  })

  live.on(['alert'], (event) => { takeAlert(present.alerts, event); soon() }, signal)
  live.on(['run'], (event) => { takeRun(present.runs, event); soon() }, signal)
  live.on(['step'], (event) => {
    const run = present.runs.get(event.run)
    if (run?.progress) run.progress = {...run.progress, step: event.index, action: event.action, state: event.state}
    soon()
  }, signal)
  live.on(['health'], (event) => { present.health = event; soon() }, signal)
  live.on(['healing'], (event) => { present.healing = event; soon() }, signal)
}

/** One question failing leaves the answers to the others; all of them failing is trouble. */
async function loadPresent(signal) {
  const questions = {
    alerts: get('medic/v1/alerts', {limit: 1000}, signal).then(({alerts}) => byKey(alerts, 'fingerprint')),
    runs: get('medic/v1/runs', {state: 'open', limit: 500}, signal).then(({runs}) => byKey(runs, 'id')),
    health: get('medic/v1/health', {}, signal),
    healing: get('medic/v1/healing', {}, signal),
    targets: get('api/v1/targets', {state: 'active'}, signal).then((data) => data.activeTargets),
    units: get('medic/v1/units', {limit: 1000}, signal).then((data) => data.units),
  }
  const answers = await Promise.allSettled(Object.values(questions))
  const failed = answers.find((answer) => answer.status === 'rejected')
  if (answers.every((answer) => answer.status === 'rejected')) throw failed.reason
  return Object.fromEntries(Object.keys(questions).map((name, place) => [name, answers[place].value ?? emptyOf(name)]))
}

function emptyOf(name) { return name === 'alerts' || name === 'runs' ? new Map() : null }

function byKey(items, name) { return new Map(items.map((item) => [item[name], item])) }

function takeAlert(alerts, event) {
  if (endings.has(event.state) || endings.has(event.change)) {
    alerts.delete(event.fingerprint)
    return
  }
  const former = alerts.get(event.fingerprint) ?? {activeAt: event.at}
  const firing = event.state === 'firing' && former.state !== 'firing' ? {firesSince: event.at} : {}
  const {fingerprint, name, labels, annotations, state, value} = event
  alerts.set(fingerprint, {...former, ...firing, fingerprint, name, labels, annotations, state, value})
}

function takeRun(runs, event) {
  if (event.isOpen) runs.set(event.id, event)
  else runs.delete(event.id)
}
