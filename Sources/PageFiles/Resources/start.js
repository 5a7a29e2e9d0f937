// The page's own life: which view is shown, the theme, who is signed in, whether the agent is heard.

import {access, get} from './core/api.js'
import {announce, h, patch} from './core/dom.js'
import {ago, full} from './core/format.js'
import {live} from './core/live.js'
import {route} from './core/router.js'
import {setUpSignIn} from './parts/signin.js'
import {nothing, trouble} from './parts/common.js'

const views = {
  now: ['Now', () => import('./views/now.js')],
  alerts: ['Alert', () => import('./views/alert.js'), 'now'],
  runs: ['Run', () => import('./views/run.js'), 'now'],
  history: ['History', () => import('./views/history.js')],
  playbooks: ['Playbooks', () => import('./views/playbooks.js')],
  rules: ['Rules', () => import('./views/rules.js')],
  targets: ['Targets', () => import('./views/targets.js')],
  units: ['Units', () => import('./views/units.js')],
  silences: ['Silences', () => import('./views/silences.js')],
  query: ['Query', () => import('./views/query.js')],
  configuration: ['Configuration', () => import('./views/configuration.js')],
}

const main = document.getElementById('main')
let leaving = new AbortController()
let shownView = ''

async function show() {
  const where = route()
  const [title, load, section] = views[where.view] ?? []
  leaving.abort()
  leaving = new AbortController()
  const {signal} = leaving
  if (!load) {
    patch(main, h('h1', {}, 'There is no such page'), h('p', {}, h('a', {href: '#/now'}, 'To the first page')))
    return
  }
  const isOther = shownView !== where.view
  try {
    const view = await load()
    if (signal.aborted) return
    if (isOther) {
      main.replaceChildren()
      main.className = `view-${where.view}`
      window.scrollTo(0, 0)
    }
    shownView = where.view
    document.title = `${title} · medic`
    markSection(section ?? where.view)
    view.show(main, where, signal)
    sayLoading(signal)
    // A reader of the screen is told where they are now; at the first view the browser does it.
    if (isOther && document.activeElement !== document.body) {
      main.focus({preventScroll: true})
      announce(title)
    }
  } catch (error) {
    patch(main, trouble(error))
  }
}

/** An agent that is slow to answer, or far away, is not to look like one with nothing to tell. */
function sayLoading(signal) {
  const timer = setTimeout(() => { if (!main.childElementCount) patch(main, nothing('Loading…')) }, 300)
  signal.addEventListener('abort', () => clearTimeout(timer))
}

function markSection(name) {
  for (const anchor of document.querySelectorAll('.sections a')) {
    if (anchor.hash === `#/${name}`) anchor.setAttribute('aria-current', 'page')
    else anchor.removeAttribute('aria-current')
  }
  document.querySelector('.sections [aria-current]')?.scrollIntoView({block: 'nearest', inline: 'center'})
}

// Themes: what the system says, or one of the two, kept on this machine.

const themes = ['system', 'light', 'dark']
const themeButton = document.getElementById('theme')

function setTheme(theme) {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
  themeButton.textContent = {system: 'Auto', light: 'Light', dark: 'Dark'}[theme]
  themeButton.setAttribute('aria-label', `Theme: ${themeButton.textContent}`)
  window.dispatchEvent(new Event('themechange'))
}

function theme() { return document.documentElement.dataset.theme ?? 'system' }

themeButton.onclick = () => {
  const next = themes[(themes.indexOf(theme()) + 1) % themes.length]
  try {
    localStorage.setItem('medic.theme', next)
  } catch {
    // It lasts until the page is left, then.
  }
  setTheme(next)
}
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => setTheme(theme()))
setTheme(theme())

// Whether what is shown is what is.

const pulse = document.getElementById('pulse')
live.addEventListener('state', () => {
  pulse.dataset.state = live.state
  pulse.textContent = live.state
})

document.getElementById('skip').onclick = (event) => {
  event.preventDefault()
  main.focus()
}

/** Moments in words grow old: they are said again while somebody looks. */
function sayTimes() {
  if (document.hidden) return
  const now = Date.now()
  for (const element of document.querySelectorAll('time[data-ago]')) {
    const text = ago(element.dateTime, now)
    if (element.textContent !== text) element.textContent = text
    element.title ||= full(element.dateTime)
  }
}
setInterval(sayTimes, 1_000)

/** The host by its own name; an agent that has just begun does not know it yet. */
async function sayHost() {
  const query = 'group by (nodename) (node_uname_info) or group by (instance) (up{job="systemd"})'
  const answer = await get('api/v1/query', {query}).catch(() => null)
  const {nodename, instance} = answer?.result[0]?.metric ?? {}
  document.getElementById('host').textContent = nodename ?? instance ?? location.hostname
  if (!nodename) setTimeout(sayHost, instance ? 60_000 : 3_000)
}

setUpSignIn()
access.addEventListener('changed', show)
window.addEventListener('hashchange', show)
sayHost()
show()
live.start()
