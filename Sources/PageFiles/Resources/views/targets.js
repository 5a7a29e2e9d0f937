// What is scraped, how that goes, and what was found and is not scraped.

import {get} from '../core/api.js'
import {h, patch, rows} from '../core/dom.js'
import {count, span} from '../core/format.js'
import {keepFresh} from '../core/fresh.js'
import {go, link} from '../core/router.js'
import {badge, choice, nothing, plates, section, since, table, trouble} from '../parts/common.js'

const columns = ['Health', 'Target', 'Labels', {title: 'Last scrape', class: 'minor'}, {title: 'Took', class: 'number minor'}, {title: 'Every', class: 'minor'}]

export function show(place, route, signal) {
  const wanted = route.parameters.get('health') ?? 'all'
  keepFresh({
    load: (signal) => get('api/v1/targets', {}, signal),
    show: (data, error) => patch(place, tools(data?.activeTargets ?? [], wanted), error ? trouble(error) : content(data, wanted)),
    signal, every: 5,
  })
}

function tools(targets, wanted) {
  const amount = (health) => targets.filter((target) => target.health === health).length
  const options = [['all', `All ${targets.length}`], ...['up', 'down', 'unknown'].map((health) => [health, `${health} ${amount(health)}`])]
  return h('div.tools', {key: 'tools'}, h('h1', {}, 'Targets'),
    choice('Health', options, wanted, (health) => go(link('targets', {health: health === 'all' ? null : health}), {replace: true})))
}

function content(data, wanted) {
  const pools = Map.groupBy(data.activeTargets.filter((target) => wanted === 'all' || target.health === wanted), (target) => target.scrapePool)
  if (!data.activeTargets.length) return nothing('This agent scrapes nothing. What it sees by itself is under Units and Query.')
  if (!pools.size) return nothing('No target is so.')
  return [...pools].map(([pool, targets]) => {
    const dropped = data.droppedTargetCounts?.[pool] ?? 0
    return section(pool, {
      key: pool, count: count(targets.length, 'target'),
      actions: dropped ? h('span.faint', {}, `${count(dropped, 'target')} found and dropped`) : null,
    }, table(`Targets of ${pool}`, columns, rows('tbody', {}, targets, {
      key: (target) => `${target.scrapeUrl} ${JSON.stringify(target.labels)}`,
      sign: (target) => JSON.stringify([target.health, target.lastError, target.lastScrape, target.lastScrapeDuration]),
      make: row,
    })))
  })
}

function row(target) {
  return h('tr', {},
    h('td.narrow', {}, badge(target.health)),
    h('td.leading', {}, h('span.mono', {}, target.scrapeUrl), target.lastError ? h('p.complaint', {}, target.lastError) : null),
    h('td', {}, plates(target.labels)),
    h('td.narrow.minor', {}, since(target.lastScrape)),
    h('td.number.minor', {}, span(target.lastScrapeDuration)),
    h('td.narrow.minor', {}, target.scrapeInterval))
}
