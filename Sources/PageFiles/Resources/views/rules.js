// The rules as they run: what they ask, how long that takes, what they have raised.

import {get} from '../core/api.js'
import {h, patch, rows} from '../core/dom.js'
import {count, span} from '../core/format.js'
import {keepFresh} from '../core/fresh.js'
import {go, link} from '../core/router.js'
import {badge, choice, expression, field, nothing, plates, section, since, trouble} from '../parts/common.js'

const kinds = [['all', 'All'], ['alerting', 'Alerting'], ['recording', 'Recording'], ['err', 'Failing']]

export function show(place, route, signal) {
  const wanted = {kind: route.parameters.get('kind') ?? 'all', text: route.parameters.get('text') ?? '', order: route.parameters.get('order') ?? 'file'}
  keepFresh({
    load: (signal) => get('api/v1/rules', {exclude_alerts: 'true'}, signal),
    show: (data, error) => patch(place, tools(wanted), error ? trouble(error) : content(data.groups, wanted)),
    signal, kinds: ['alert'], every: 10,
  })
}

function tools(wanted) {
  const change = (more) => {
    const {kind, text, order} = {...wanted, ...more}
    go(link('rules', {kind: kind === 'all' ? null : kind, text, order: order === 'file' ? null : order}), {replace: true})
  }
  return h('div.tools', {key: 'tools'}, h('h1', {}, 'Rules'),
    choice('Kind', kinds, wanted.kind, (kind) => change({kind})),
    choice('Order', [['file', 'By file'], ['slow', 'Slowest first']], wanted.order, (order) => change({order})),
    field('Name or expression', h('input', {type: 'search', value: wanted.text, oninput: (event) => change({text: event.target.value})})))
}

function content(groups, wanted) {
  const fits = (rule) => (wanted.kind === 'all' || rule.type === wanted.kind || rule.health === wanted.kind)
    && `${rule.name} ${rule.query}`.toLowerCase().includes(wanted.text.toLowerCase())
  const shown = groups.map((group) => ({...group, rules: group.rules.filter(fits)})).filter((group) => group.rules.length)
  if (!groups.length) return nothing('This agent has no rules.')
  if (!shown.length) return nothing('No rule fits.')
  if (wanted.order === 'slow') {
    const all = shown.flatMap((group) => group.rules).sort((one, other) => other.evaluationTime - one.evaluationTime)
    return section('Slowest first', {count: all.length, key: 'slow'}, list(all))
  }
  return shown.map((group) => section(group.name, {
    key: `${group.file} ${group.name}`, count: count(group.rules.length, 'rule'),
    actions: h('span.faint', {}, group.file.split('/').slice(-2).join('/'), ` · ${group.evaluate === 'on_change' ? 'when its data lands, and at least ' : ''}every ${span(group.interval)}`,
      ` · took ${span(group.evaluationTime)} · `, since(group.lastEvaluation)),
  }, list(group.rules)))
}

function list(rules) {
  return rows('ul.lines', {}, rules, {
    key: (rule) => `${rule.name} ${rule.query} ${JSON.stringify(rule.labels ?? {})}`,
    sign: (rule) => JSON.stringify([rule.state, rule.health, rule.lastError, rule.evaluationTime]),
    make: (rule) => h('li.rule', {},
      h('div.alert-line-head', {},
        rule.state ? badge(rule.state) : badge('recording'),
        rule.health === 'err' ? badge('err', 'failing') : null,
        h('b', {}, rule.name),
        rule.duration ? h('span.faint', {}, `for ${span(rule.duration)}`) : null,
        rule.keepFiringFor ? h('span.faint', {}, `keeps firing for ${span(rule.keepFiringFor)}`) : null,
        h('span.line-end', {}, span(rule.evaluationTime))),
      rule.lastError ? h('p.trouble', {}, rule.lastError) : null,
      expression(rule.query, {isLink: true}),
      plates(rule.labels)),
  })
}
