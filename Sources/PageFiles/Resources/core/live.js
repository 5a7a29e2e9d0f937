// What happens, as it happens: the agent's stream of server-sent events.
//
// Read with `fetch` rather than `EventSource`, which cannot say who asks.

import {access, headers} from './api.js'

const path = 'medic/v1/events'
const shortest = 500
const longest = 15_000
// The agent says something at least every half minute; a connection that says nothing is a dead one.
const silence = 60_000

class Live extends EventTarget {
  state = 'connecting'
  #last = ''
  #delay = shortest
  #attempt = null

  /** Begins, and goes on until the page is left. */
  start() {
    this.#run()
    window.addEventListener('online', () => this.restart())
    access.addEventListener('changed', () => this.restart())
  }

  /** Connects again at once. */
  restart() {
    this.#delay = shortest
    this.#attempt?.abort()
  }

  /** Calls back for events of the kinds until the signal says otherwise. */
  on(kinds, handler, signal) {
    for (const kind of kinds) this.addEventListener(kind, (event) => handler(event.detail, kind), {signal})
  }

  async #run() {
    for (;;) {
      this.#attempt = new AbortController()
      try {
        await this.#listen(this.#attempt)
      } catch {
        // Whatever it was, the next attempt finds out whether it still is.
      }
      this.#become('reconnecting')
      await this.#pause(this.#delay * (0.5 + Math.random() / 2))
      this.#delay = Math.min(this.#delay * 2, longest)
    }
  }

  #pause(milliseconds) {
    const attempt = this.#attempt = new AbortController()
    return new Promise((resume) => {
      const timer = setTimeout(resume, milliseconds)
      attempt.signal.addEventListener('abort', () => { clearTimeout(timer); resume() })
    })
  }

  async #listen(attempt) {
    const asked = headers({Accept: 'text/event-stream', ...(this.#last ? {'Last-Event-ID': this.#last} : {})})
    const reply = await fetch(path, {headers: asked, signal: attempt.signal, cache: 'no-store'})
    if (!reply.ok || !reply.body) throw new Error(`the agent answered ${reply.status}`)
    this.#become('live')
    this.#delay = shortest
    const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader()
    let rest = ''
    for (;;) {
      const watch = setTimeout(() => attempt.abort(), silence)
      const {done, value} = await reader.read().finally(() => clearTimeout(watch))
      if (done) return
      const blocks = (rest + value).split(/\r?\n\r?\n/)
      rest = blocks.pop()
      for (const block of blocks) this.#tell(block)
    }
  }

  #tell(block) {
    let kind = 'message', data = []
    for (const line of block.split(/\r?\n/)) {
      const [, name, value] = /^(\w+): ?(.*)$/.exec(line) ?? []
      if (name === 'event') kind = value
      else if (name === 'data') data.push(value)
      else if (name === 'id') this.#last = value
    }
    if (!data.length) return
    try {
      this.dispatchEvent(new CustomEvent(kind, {detail: JSON.parse(data.join('\n'))}))
    } catch (error) {
      console.warn('an event that cannot be read', kind, error)
    }
  }

  #become(state) {
    if (this.state === state) return
    this.state = state
    this.dispatchEvent(new Event('state'))
  }
}

export const live = new Live()
