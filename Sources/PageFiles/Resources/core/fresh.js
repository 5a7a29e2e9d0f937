// Keeping what is shown up to date.

import {live} from './live.js'

/**
 * Loads now, whenever an event says that something changed, and every so often, until the signal ends it. A hidden page
 * asks for nothing.
 *
 * - `load(signal)` answers with what is to be shown; `show(data, trouble)` shows it, or why there is nothing.
 * - `kinds`: the events that matter; `concerns(event)` says whether one of them does.
 * - `calm`: milliseconds from one question to the next, since events come in bursts; `every`: seconds without any event.
 */
export function keepFresh({load, show, signal, kinds = [], concerns = () => true, calm = 400, every = 20}) {
  let timer = null, running = false, again = false, last = 0

  const turn = async () => {
    clearTimeout(timer)
    if (signal.aborted) return
    if (running) { again = true; return }
    running = true
    last = performance.now()
    try {
      const data = await load(signal)
      if (!signal.aborted) show(data, null)
    } catch (trouble) {
      if (signal.aborted || trouble.name === 'AbortError') return
      if (trouble.status === undefined) console.error(trouble)
      show(null, trouble)
    } finally {
      running = false
    }
    if (again) { again = false; soon() } else wait()
  }
  const wait = () => { timer = setTimeout(() => document.hidden ? wait() : turn(), every * 1_000) }
  const soon = () => {
    clearTimeout(timer)
    timer = setTimeout(turn, Math.max(0, calm - (performance.now() - last)))
  }

  live.on(kinds, (event) => { if (concerns(event)) soon() }, signal)
  live.on(['reset'], soon, signal)
  live.addEventListener('state', () => { if (live.state === 'live') soon() }, {signal})
  document.addEventListener('visibilitychange', () => { if (!document.hidden) soon() }, {signal})
  signal.addEventListener('abort', () => clearTimeout(timer))
  turn()
  return soon
}
