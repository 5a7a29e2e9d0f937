// Silences: whose notifications are held back, until when and why; and a new one.

import {commandJSON, get} from '../core/api.js'
import {announce, h, patch, rows} from '../core/dom.js'
import {full, seconds} from '../core/format.js'
import {keepFresh} from '../core/fresh.js'
import {askWho} from '../parts/signin.js'
import {badge, complain, field, nothing, section, since, table, trouble} from '../parts/common.js'

export function show(place, route, signal) {
  const draft = {matchers: route.parameters.get('matchers') ?? '', problem: null}
  const draw = (silences, error) => patch(place, h('div.tools', {key: 'tools'}, h('h1', {}, 'Silences')),
    section('New silence', {key: 'new'}, form(draft, reload)), error ? trouble(error) : list(silences, reload))
  const reload = keepFresh({
    load: (signal) => get('api/v2/silences', {}, signal),
    show: draw, signal, kinds: ['record'], every: 15,
  })
}

function form(draft, reload) {
  const problem = h('p.complaint', {role: 'alert', hidden: !draft.problem}, draft.problem ?? '')
  const element = h('form.tools.silence-form', {onsubmit: async (event) => {
    event.preventDefault()
    const form = event.currentTarget
    const {matchers, length, comment, author} = Object.fromEntries(new FormData(form))
    try {
      const parsed = parse(matchers)
      const span = seconds(length)
      if (!(span > 0)) throw new Error('how long: write 2h, 30m or 1d')
      const now = Date.now()
      await commandJSON('POST', 'api/v2/silences', {
        matchers: parsed, startsAt: new Date(now).toISOString(), endsAt: new Date(now + span * 1_000).toISOString(), createdBy: author || 'page', comment,
      })
      form.reset()
      draft.problem = null
      announce('The silence is in force')
    } catch (error) {
      draft.problem = error.message
      if (error.status === 401 || error.status === 403) askWho(error.message)
    }
    reload()
  }},
  field('Whose: matchers', h('input', {
    name: 'matchers', required: true, value: draft.matchers, size: 50, placeholder: 'alertname="DiskFilling"', autocomplete: 'off',
  })),
  field('How long', h('input', {name: 'length', required: true, value: '2h', size: 6})),
  field('Why', h('input', {name: 'comment', required: true, size: 30})),
  field('Who', h('input', {name: 'author', size: 14, autocomplete: 'username'})),
  h('button.primary', {type: 'submit'}, 'Silence'))
  return [element, problem]
}

/** `a="b", c=~"d.*"` as the API takes it. */
function parse(text) {
  const found = [...text.matchAll(/\s*([A-Za-z_]\w*)\s*(=~|!~|!=|=)\s*("(?:\\.|[^"\\])*"|[^,]*?)\s*(?:,|$)/gy)]
  const length = found.reduce((sum, [whole]) => sum + whole.length, 0)
  if (!found.length || length < text.trimEnd().length) throw new Error('matchers are written as name="value", other=~"expression"')
  return found.map(([, name, operator, value]) => ({
    name, value: value.startsWith('"') ? JSON.parse(value) : value, isRegex: operator.endsWith('~'), isEqual: operator.startsWith('='),
  }))
}

function written({name, value, isEqual, isRegex}) {
  const operator = isEqual ? (isRegex ? '=~' : '=') : isRegex ? '!~' : '!='
  return name + operator + JSON.stringify(value)
}

function list(silences, reload) {
  const inForce = silences.filter((one) => one.status.state !== 'expired')
  const over = silences.filter((one) => one.status.state === 'expired').slice(0, 50)
  return [
    section('In force', {key: 'active', count: inForce.length}, inForce.length ? tableOf('Silences in force', inForce, reload) : nothing('Nothing is silenced.')),
    over.length ? section('Over', {key: 'expired', count: over.length, quiet: true}, tableOf('Silences that are over', over, reload)) : null,
  ]
}

function tableOf(label, silences, reload) {
  return table(label, ['State', 'Whose', 'Why', 'Who', 'Until', {title: ''}], rows('tbody', {}, silences, {
    key: (one) => one.id,
    sign: (one) => JSON.stringify([one.status, one.endsAt]),
    make: (one) => h('tr', {},
      h('td.narrow', {}, badge(one.status.state === 'active' ? 'waiting' : 'quiet', one.status.state)),
      h('td', {}, one.matchers.map((matcher) => h('p.mono', {}, written(matcher)))),
      h('td', {}, one.comment), h('td', {}, one.createdBy), h('td.narrow', {title: full(one.endsAt)}, since(one.endsAt)),
      h('td', {}, one.status.state === 'expired' ? null : h('button', {type: 'button', onclick: async (event) => {
        const button = event.currentTarget
        await commandJSON('DELETE', `api/v2/silence/${one.id}`).then(() => announce('The silence is over'), (error) => {
          complain(button, error.message)
          if (error.status === 401 || error.status === 403) askWho(error.message)
        })
        reload()
      }}, 'End'))),
  }))
}
