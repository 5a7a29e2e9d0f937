// The playbooks: how they have done, what they may do now; and one of them whole, to be tried or started.

import {command, get} from '../core/api.js'
import {h, patch, rows} from '../core/dom.js'
import {count, percent, span} from '../core/format.js'
import {keepFresh} from '../core/fresh.js'
import {link} from '../core/router.js'
import {badge, facts, field, nothing, output, section, since, table, trouble} from '../parts/common.js'
import {commandButton, commandForm} from '../parts/commands.js'
import {guardList} from '../parts/guards.js'
import {askWho} from '../parts/signin.js'
import {runList} from '../parts/runs.js'

export function show(place, route, signal) {
  const [name] = route.parts
  if (name) return showPlaybook(place, name, signal)
  const reload = keepFresh({
    load: (signal) => get('medic/v1/playbooks', {}, signal),
    show: (data, error) => patch(place,
      h('div.tools', {key: 'tools'}, h('h1', {}, 'Playbooks'), data?.playbooks.length ? brake(data.healing, () => reload()) : null),
      error ? trouble(error) : list(data)),
    signal, kinds: ['run', 'healing'], every: 15,
  })
}

/** Everything that medic would do by itself, stopped and let go again. */
function brake(healing, reload) {
  return h('div.actions', {}, healing?.stopped
    ? commandButton('Resume healing', 'medic/v1/resume-healing', {style: 'primary', done: reload})
    : commandForm('Stop healing', 'medic/v1/stop-healing', {style: 'danger', done: reload}))
}

function list({playbooks, healing}) {
  if (!playbooks.length) return nothing('This agent has no playbooks.')
  const number = (title, more = '') => ({title, class: `number ${more}`})
  const minor = (title) => ({title, class: 'minor'})
  return [
    healing?.stopped ? h('p.notice', {key: 'stopped'}, 'Healing is stopped: ', healing.stopped.reason ?? '') : null,
    healing && healing.ceiling !== 'auto' ? h('p.notice', {key: 'ceiling'}, `By its configuration medic does no more than ${healing.ceiling}.`) : null,
    table('Playbooks', ['Playbook', 'Mode', number('Runs'), number('Healed'), number('Typically', 'minor'), minor('Without it'), 'Breaker', minor('Last run')],
      rows('tbody', {}, playbooks, {key: (one) => one.name, sign: (one) => JSON.stringify(one), make: row})),
  ]
}

function row(playbook) {
  const {scorecard: card = {}, breaker, missingPermits = []} = playbook
  const {baseline = {}} = card
  return h('tr', {},
    h('td.leading', {}, h('a', {href: link('playbooks', playbook.name)}, playbook.name), h('p.faint', {}, playbook.summary ?? ''),
      missingPermits.map((sentence) => h('p.complaint', {}, sentence))),
    h('td.narrow', {}, badge(playbook.effectiveMode ?? playbook.mode), playbook.modeReason ? h('p.faint', {}, playbook.modeReason) : null),
    h('td.number', {'data-unit': card.runs === 1 ? 'run' : 'runs'}, card.runs ?? 0, card.open ? ` (${card.open} open)` : ''),
    h('td.number', {'data-unit': 'healed'}, card.healedShare === undefined ? '' : meter(card)),
    h('td.number.minor', {}, span(card.medianTimeToHealSeconds)),
    h('td.minor', {}, baseline.cleared ? `${count(baseline.cleared, 'alert')} cleared in ${span(baseline.medianSeconds)}` : ''),
    h('td.narrow', {}, breaker && breaker.state !== 'closed' ? badge(breaker.state) : ''),
    h('td.narrow.minor', {}, card.lastRun ? since(card.lastRun) : ''))
}

function meter({healed, runs, open = 0, healedShare}) {
  const words = `${healed} of ${runs - open} healed`
  const bar = h('span.meter', {role: 'img', 'aria-label': words, title: words}, h('i', {}))
  bar.firstChild.style.width = `${healedShare * 100}%`
  return [bar, ' ', percent(healedShare)]
}

function showPlaybook(place, name, signal) {
  const path = `medic/v1/playbooks/${encodeURIComponent(name)}`
  const state = {labels: '', answer: null}
  let drawn = null
  const draw = () => { if (drawn) patch(place, page(drawn, path, state, draw, () => reload())) }
  const reload = keepFresh({
    load: (signal) => get(path, {}, signal),
    show: (playbook, error) => {
      if (error) return patch(place, h('h1', {}, name), trouble(error))
      drawn = playbook
      draw()
    },
    signal, kinds: ['run', 'healing'], concerns: (event) => event.playbook === undefined || event.playbook === name, every: 15,
  })
}

function page(playbook, path, state, draw, reload) {
  const {scorecard: card = {}, breaker, guards = {}} = playbook
  return [
    h('div.title', {key: 'title'}, h('a.back', {href: link('playbooks')}, 'Playbooks'), h('h1', {}, playbook.name), badge(playbook.effectiveMode ?? playbook.mode),
      h('p.faint', {}, playbook.summary ?? '')),
    playbook.modeReason ? h('p.notice', {key: 'reason'}, playbook.modeReason) : null,
    (playbook.missingPermits ?? []).map((sentence) => h('p.trouble', {key: sentence}, sentence)),
    h('div.columns', {key: 'columns'},
      section('How it has done', {key: 'card'}, facts([
        ['runs', card.runs ?? 0], ['healed', card.healedShare === undefined ? null : meter(card)],
        ['time to heal', card.medianTimeToHealSeconds === undefined ? null
          : `typically ${span(card.medianTimeToHealSeconds)}, at most ${span(card.longestTimeToHealSeconds)}`],
        ['without it', card.baseline?.cleared
          ? `${count(card.baseline.cleared, 'alert')} cleared by themselves, typically in ${span(card.baseline.medianSeconds)}` : null],
        ['last run', card.lastRun ? since(card.lastRun) : null],
        ['last failure', failure(card.lastFailure)],
        ['breaker', breaker ? badge(breaker.state) : null],
      ]), (breaker?.subjects ?? []).filter((one) => one.state !== 'closed').map((one) => breakerLine(one, path, reload))),
      section('When and within what', {key: 'when'}, facts([
        ['when', (playbook.when ?? []).map(({matchers, firingForSeconds: held}) =>
          h('p.mono', {}, matchers.join(', '), held ? ` for ${span(held)}` : ''))],
        ['patient', playbook.subject?.join(', ')],
        ['cooldown', span(guards.cooldownSeconds)], ['limit', limit(guards.limit)], ['limit of the playbook', limit(guards.playbookLimit)],
        ['breaker opens', guards.breaker ? `after ${guards.breaker.unhealed} unhealed runs, for ${span(guards.breaker.openSeconds)}` : null],
        ['unit is up for', guards.minUptimeSeconds ? span(guards.minUptimeSeconds) : null],
        ['only within', guards.only?.join(', ')], ['never within', guards.except?.join(', ')],
        ['healed when', terms(playbook.verification)],
        ['file', playbook.file ? `${playbook.file}${playbook.line ? `:${playbook.line}` : ''}` : null],
      ]))),
    section('Steps', {key: 'steps'}, h('ol.route', {}, (playbook.steps ?? []).map(({name, action, part}) =>
      h('li', {}, name ? `${name} ` : '', h('code', {}, action), part === 'steps' ? '' : h('span.faint', {}, ` ${part}`))))),
    section('Try it', {key: 'try'}, trial(playbook, path, state, draw, reload)),
    section('Runs', {key: 'runs'}, runList(playbook.runs, 'It never ran.')),
    playbook.source ? section('As written', {key: 'source'}, output(playbook.source, 'Source')) : null,
  ]
}

function failure(last) {
  return last ? [h('a', {href: link('runs', last.run)}, last.state), ' ', since(last.at), ' ', last.text] : null
}

function terms(told) {
  return told ? `${told.healthy} times well, every ${span(told.everySeconds)}, within ${span(told.withinSeconds)}` : null
}

function limit(told) { return told ? `${count(told.runs, 'run')} within ${span(told.withinSeconds)}` : null }

function breakerLine(one, path, reload) {
  const labels = Object.fromEntries(Object.entries(one.subjectLabels ?? {}).map(([name, value]) => [`label.${name}`, value]))
  return h('div.card', {key: one.subject},
    h('div.line', {}, badge(one.state), h('span.mono', {}, one.subject), one.until ? h('span.line-end', {}, 'lets a run through ', since(one.until)) : null),
    h('p', {}, one.reason ?? ''), 
    commandForm('Close breaker', `${path}/breaker`, {parameters: {action: 'close', ...labels}, done: reload}))
}

/** What it would do for a patient: said without doing it, or started. */
function trial(playbook, path, state, draw, reload) {
  const known = playbook.subject ?? []
  const form = h('form.tools', {onsubmit: (event) => event.preventDefault()},
    known.map((name) => field(name, h('input', {name: `label.${name}`, autocomplete: 'off'}))),
    field('Why', h('input', {name: 'reason', size: 30, autocomplete: 'off'})),
    h('button', {type: 'button', onclick: (event) => act(event, 'dry-run')}, 'What would it do?'),
    h('button', {type: 'button', onclick: (event) => act(event, 'breaker', {action: 'open'})}, 'Open its breaker'),
    h('button.danger', {type: 'button', onclick: (event) => act(event, 'start')}, 'Start it'))
  const act = async (event, verb, more = {}) => {
    const asked = {...Object.fromEntries(new FormData(event.currentTarget.form)), ...more}
    state.answer = await command(`${path}/${verb}`, asked).then((data) => ({verb, data}), (error) => ({error}))
    if (state.answer.error?.status === 401 || state.answer.error?.status === 403) askWho(state.answer.error.message)
    draw()
    if (verb !== 'dry-run') reload()
  }
  return [form, state.answer ? outcome(state.answer) : null]
}

function outcome({verb, data, error}) {
  if (error) return trouble(error)
  if (verb === 'breaker') return h('p', {role: 'status'}, data.message)
  if (verb === 'start') return h('p', {role: 'status'}, 'Started: ', h('a', {href: link('runs', data.run)}, data.run))
  return h('div.card', {role: 'status'},
    h('p', {}, h('b', {}, data.wouldRun ? 'It would run' : 'It would not run'), ` in mode ${data.mode}`,
      data.subject ? [', for ', h('span.mono', {}, data.subject)] : null),
    (data.refusals ?? []).map((sentence) => h('p.complaint', {}, sentence)),
    data.guards?.length ? guardList(data.guards) : null,
    h('ol.will-do', {}, (data.steps ?? []).map((step) => h('li', {}, step.sentence ?? step.action))))
}
