// Runs as they stand in lists, and what an operator may do to them.

import {command} from '../core/api.js'
import {announce, h, rows} from '../core/dom.js'
import {span} from '../core/format.js'
import {link} from '../core/router.js'
import {askWho} from './signin.js'
import {badge, complain, nothing, since} from './common.js'

/** Runs one below the other; `otherwise` is said where there are none. */
export function runList(runs, otherwise) {
  if (!runs?.length) return nothing(otherwise)
  return rows('ul.lines', {}, runs, {key: (run) => run.id, sign: signOf, make: runLine})
}

function runLine(run) {
  return h('li.run-line', {class: run.isOpen ? 'is-open' : ''},
    h('div.run-line-head', {},
      badge(run.state),
      h('a', {href: link('runs', run.id)}, run.playbook),
      h('span.faint', {}, subjectOf(run)),
      h('span.line-end', {}, run.isOpen ? since(run.opened) : [span(run.durationSeconds), ' · ', since(run.ended ?? run.opened)])),
    run.progress ? progress(run) : null,
    run.text ? h('p.run-line-text', {}, run.text) : null)
}

export function subjectOf(run) { return (run.subject ?? '').replace(/^\{|\}$/g, '') }

/** Everything that a run line shows, so that it is drawn anew only when some of it changed. */
export function signOf(run) { return JSON.stringify([run.state, run.text, run.progress, run.durationSeconds, run.waitingFor]) }

/** How far an open run is: a piece for each step, the current one named. */
export function progress({state, progress: {step, of, name, action}}) {
  const pieces = Array.from({length: Math.min(of, 40)}, (_, place) =>
    h('span.piece', {class: place < step ? 'is-done' : place === step ? `is-current is-${state}` : ''}))
  const doing = state === 'verifying' ? 'verifying' : name ?? action ?? state
  return h('div.progress', {role: 'img', 'aria-label': `step ${Math.min(step + 1, of)} of ${of}: ${doing}`},
    h('span.pieces', {}, pieces), h('span.progress-text', {}, `${Math.min(step + 1, of)}/${of} ${doing}`))
}

/** Whether it stands still until an operator says yes: before it begins, or at a step that asks. */
export function waitsForOperator(run) {
  return run.state === 'waiting' || (run.state === 'running' && run.progress?.action === 'approve')
}

/** The buttons of a run: what may be done to it in the state it is in. `changed` is called when something came of it. */
export function runButtons(run, changed) {
  const act = (verb, words, style = '') => h('button', {
    type: 'button', class: style,
    onclick: (event) => perform(event.currentTarget, run, verb, changed),
  }, words)
  if (waitsForOperator(run)) {
    return h('div.buttons', {}, act('refuse', 'Refuse'), act('approve', 'Approve', 'primary'))
  }
  return run.isOpen ? h('div.buttons', {}, act('cancel', 'Cancel run')) : null
}

async function perform(button, run, verb, changed) {
  const group = button.closest('.buttons')
  const buttons = [...group.querySelectorAll('button')]
  for (const one of buttons) one.disabled = true
  group.querySelector('.complaint')?.remove()
  try {
    const parameters = verb === 'approve' ? {digest: run.digest} : {}
    const {message} = await command(`medic/v1/runs/${encodeURIComponent(run.id)}/${verb}`, parameters)
    announce(message ?? `${verb}: done`)
  } catch (error) {
    complain(buttons[0], error.message)
    if (error.status === 401 || error.status === 403) askWho(error.message)
  } finally {
    for (const one of buttons) one.disabled = false
    changed()
  }
}
