// The first page: is this host well, what is being done about it, and what waits for whoever reads this.

import {get} from '../core/api.js'
import {h, patch, rows} from '../core/dom.js'
import {clock, count, day, number} from '../core/format.js'
import {followPresent} from '../core/present.js'
import {link} from '../core/router.js'
import {alertName, badge, nothing, plates, section, since, summaryOf, trouble} from '../parts/common.js'
import {commandButton} from '../parts/commands.js'
import {measureVitals, vitalSigns} from '../parts/vitals.js'
import {runButtons, runList, signOf, subjectOf, waitsForOperator} from '../parts/runs.js'
import {keepFresh} from '../core/fresh.js'

export function show(place, route, signal) {
  let present = null, extra = {}
  const plans = new Map()
  const draw = () => { if (present) patch(place, page(present, extra, plans, draw)) }
  const add = (loaded) => {
    extra = {...extra, ...loaded}
    draw()
  }
  followPresent((latest) => {
    present = latest
    draw()
    learnPlans(latest.runs, plans, draw, signal)
  }, signal)
  keepFresh({
    load: async (signal) => {
      const since = new Date(Date.now() - 86_400_000).toISOString()
      const [calendar, lately] = await Promise.allSettled([
        get('medic/v1/calendar', {since}, signal), get('medic/v1/history', {limit: 12}, signal),
      ])
      return {hours: calendar.value?.hours, records: lately.value?.records}
    },
    show: (loaded) => add(loaded),
    signal, kinds: ['record', 'run', 'alert', 'step'], calm: 2_000, every: 60,
  })
  keepFresh({load: measureVitals, show: (vitals) => add({vitals}), signal, every: 30})
}

// More runs than this do not wait for one person at once; the rest says what it would do on its own page.
const plansMost = 20

/** What the waiting runs would do, so that nobody approves what they have not read; and the digest that says it is still this. */
async function learnPlans(runs, plans, draw, signal) {
  const unknown = [...runs.values()].filter((run) => waitsForOperator(run) && !plans.has(run.id)).slice(0, plansMost)
  for (const {id} of unknown) {
    plans.set(id, {})
    try {
      const {steps, digest} = await get(`medic/v1/runs/${encodeURIComponent(id)}`, {}, signal)
      plans.set(id, {digest, steps: steps.filter((step) => step.part === 'steps' || step.part === 'try 1')})
      draw()
    } catch {
      // Asked again when the run is next heard of.
      plans.delete(id)
    }
  }
}

function page(present, extra, plans, draw) {
  if (present.trouble) return [headline({tone: 'ill', words: 'The agent does not answer', more: ''}), trouble(present.trouble)]
  const alerts = [...present.alerts.values()].sort(worstFirst)
  const firing = alerts.filter((alert) => alert.state === 'firing')
  const pending = alerts.filter((alert) => alert.state === 'pending')
  const runs = [...present.runs.values()].sort((left, right) => left.opened < right.opened ? 1 : -1)
  const waiting = runs.filter(waitsForOperator)
  const open = runs.filter((run) => !waitsForOperator(run))
  const targets = (present.targets ?? []).filter((target) => target.health === 'down')
  const units = (present.units ?? []).filter((unit) => unit.isIll)
  const checks = (present.health?.checks ?? []).filter((check) => check.status !== 'healthy')
  return [
    headline(verdict({firing, pending, waiting, open, targets, units, checks, present})),
    healingNotice(present.healing),
    h('div.now', {key: 'now'},
      h('div.now-main', {},
        waiting.length ? section('Waits for you', {count: waiting.length, key: 'waiting'}, waitingList(waiting, plans, draw)) : null,
        open.length ? section('Being treated', {count: open.length, key: 'open'},
          runList(open)) : null,
        section('Firing', {count: firing.length, key: 'firing', quiet: !firing.length},
          firing.length ? alertList(firing, present.runs) : nothing('Nothing is firing.')),
        pending.length ? section('Pending', {count: pending.length, key: 'pending'}, alertList(pending, present.runs)) : null,
        checks.length ? section('medic itself', {count: checks.length, key: 'checks'}, checkList(checks)) : null,
        units.length ? section('Ill units', {count: units.length, key: 'units'}, unitList(units)) : null,
        targets.length ? section('Targets down', {count: targets.length, key: 'targets'}, targetList(targets)) : null,
        vitalSigns(extra.vitals)),
      h('aside.now-side', {'aria-label': 'Lately'},
        dayStrip(extra.hours),
        section('Lately', {key: 'lately', actions: h('a', {href: link('history')}, 'All')}, recordList(extra.records)))),
  ]
}

function worstFirst(left, right) {
  return severity(right) - severity(left) || (since0(left) < since0(right) ? 1 : -1)
}
function since0(alert) { return alert.firesSince ?? alert.activeAt ?? '' }
function severity(alert) {
  return {page: 4, critical: 4, error: 3, ticket: 2, warning: 2, info: 1}[alert.labels?.severity] ?? 1
}

function verdict({firing, pending, waiting, open, targets, units, checks, present}) {
  const sees = [
    present.targets?.length ? count(present.targets.length, 'target') : null,
    present.units?.length ? count(present.units.length, 'unit') : null,
  ].filter(Boolean).join(' and ')
  if (waiting.length) {
    return {tone: 'waits', words: `medic waits for you`, more: `${count(waiting.length, 'run')} to approve or refuse, ${count(firing.length, 'alert')} firing`}
  }
  if (firing.length) {
    const more = open.length ? `${count(open.length, 'run')} under way` : 'nothing is being done about it by medic'
    return {tone: open.length ? 'busy' : 'ill', words: `${count(firing.length, 'alert')} firing`, more}
  }
  const ills = [
    units.length ? `${count(units.length, 'unit')} failed` : null,
    targets.length ? `${count(targets.length, 'target')} down` : null,
    checks.length ? `medic itself is ${present.health.status}` : null,
  ].filter(Boolean)
  if (ills.length) return {tone: 'watch', words: 'No alert fires, but look', more: ills.join(', ')}
  if (pending.length) return {tone: 'watch', words: 'Something may be coming', more: `${count(pending.length, 'alert')} pending`}
  return {tone: 'well', words: 'This host is well', more: sees ? `${sees} watched` : ''}
}

function headline({tone, words, more}) {
  return h('div.headline', {class: `is-${tone}`, key: 'headline'},
    h('span.headline-mark', {'aria-hidden': 'true'}), h('div', {}, h('h1', {}, words), more ? h('p', {}, more) : null))
}

/** Healing that is less than what playbooks say: an operator must know before reading on. */
function healingNotice(healing) {
  if (!healing) return null
  const notices = []
  if (healing.stopped) notices.push(['Healing is stopped', `${healing.stopped.by ?? 'somebody'}: ${healing.stopped.reason ?? ''}`, healing.stopped.at])
  if (healing.storm) notices.push(['Too much at once: medic only watches', healing.storm.reason, healing.storm.since])
  if (healing.historyLost) notices.push(['The history was lost', healing.historyLost.reason])
  if (healing.ceiling && healing.ceiling !== 'auto') notices.push([`medic does no more than ${healing.ceiling}`, 'by its configuration'])
  const end = healing.stopped || healing.historyLost ? h('div.buttons', {key: 'resume'}, commandButton('Resume healing', 'medic/v1/resume-healing')) : null
  return [...notices.map(([words, more, at]) =>
    h('p.notice', {key: words}, h('strong', {}, words), ' ', more ?? '', at ? [' · ', since(at)] : null)), end]
}

function waitingList(runs, plans, draw) {
  return rows('ul.cards', {}, runs, {
    key: (run) => run.id,
    sign: (run) => signOf(run) + JSON.stringify(plans.get(run.id)),
    make: (run) => h('li.card.is-waits', {},
      h('div.card-head', {}, h('a', {href: link('runs', run.id)}, run.playbook), h('span.faint', {}, subjectOf(run)),
        h('span.line-end', {}, since(run.opened))),
      h('p', {}, run.text),
      run.waitingFor ? h('p.faint', {}, `waits for ${run.waitingFor}`) : null,
      h('ol.will-do', {}, (plans.get(run.id)?.steps ?? []).map((step) => h('li', {}, step.sentence ?? step.action))),
      runButtons({...run, digest: plans.get(run.id)?.digest}, () => plans.delete(run.id))),
  })
}

function alertList(alerts, runs) {
  const treated = new Map([...runs.values()].map((run) => [run.fingerprint, run]))
  return rows('ul.lines.alert-lines', {}, alerts, {
    key: (alert) => alert.fingerprint,
    sign: (alert) => JSON.stringify([alert.state, alert.value, alert.firesSince, alert.annotations, treated.get(alert.fingerprint)?.state]),
    make: (alert) => alertLine(alert, treated.get(alert.fingerprint)),
  })
}

function alertLine(alert, run) {
  const {severity} = alert.labels ?? {}
  return h('li.alert-line', {class: `is-${alert.state}`},
    h('div.alert-line-head', {},
      alertName(alert), severity ? h('span.severity', {}, severity) : null,
      run ? h('a', {href: link('runs', run.id)}, badge(run.state)) : null,
      alert.isFlapping ? badge('pending', 'flapping') : null,
      h('span.value', {title: 'value'}, number(Number(alert.value))),
      h('span.line-end', {}, since(alert.firesSince ?? alert.activeAt))),
    h('p.alert-line-text', {}, summaryOf(alert)),
    plates(alert.labels, {without: ['alertname', 'severity']}))
}

function checkList(checks) {
  return h('ul.lines', {}, checks.map(({name, status, message}) =>
    h('li.line', {key: name}, badge(status), h('span', {}, name), h('span.faint', {}, message ?? ''))))
}

function unitList(units) {
  return h('ul.lines', {}, units.map((unit) => h('li.line', {key: unit.name},
    badge(unit.state), h('a', {href: link('units', unit.name)}, unit.name), h('span.faint', {}, unit.description ?? ''), h('span.line-end', {}, since(unit.since)))))
}

function targetList(targets) {
  return h('ul.lines', {}, targets.map((target) => h('li.line', {key: target.scrapeUrl},
    badge(target.health), h('a', {href: link('targets')}, target.scrapePool), h('span', {}, target.labels.instance), h('span.faint', {}, target.lastError))))
}

/** The last 24 hours, one cell an hour. */
function dayStrip(hours) {
  const byHour = new Map((hours ?? []).map((hour) => [new Date(hour.at).getTime(), hour]))
  const start = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 23 * 3_600_000
  const cells = Array.from({length: 24}, (_, place) => {
    const at = start + place * 3_600_000
    const {fired = 0, runs = 0, healed = 0} = byHour.get(at) ?? {}
    const says = `${day(at)} ${clock(at, false)}: ${count(fired, 'alert')} fired, ${count(runs, 'run')}, ${healed} healed`
    const level = fired === 0 ? 0 : fired < 3 ? 1 : fired < 10 ? 2 : fired < 50 ? 3 : 4
    return h('span.hour', {class: `level-${level}`, title: says})
  })
  const total = {fired: 0, healed: 0}
  for (const [at, {fired = 0, healed = 0}] of byHour) {
    if (at < start) continue
    total.fired += fired
    total.healed += healed
  }
  const says = hours ? `${count(total.fired, 'alert')} fired, ${total.healed} healed by medic` : 'no record yet'
  return section('Last 24 hours', {key: 'day', actions: h('a', {href: link('history')}, 'Calendar')},
    h('div.day-strip', {role: 'img', 'aria-label': says}, cells), h('p.faint', {}, says))
}

function recordList(records) {
  if (!records?.length) return nothing('Nothing happened yet.')
  return rows('ol.records', {}, records, {
    key: (record) => String(record.id),
    sign: () => '',
    make: (record) => h('li', {}, since(record.at), h('span', {}, record.run ? h('a', {href: link('runs', record.run)}, record.text) : record.text)),
  })
}
