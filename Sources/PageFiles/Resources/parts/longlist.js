// <medic-list>: a list of any length of which only the part that is looked at is in the document.

import {h, rows, patch} from '../core/dom.js'

const beyond = 20

/** Its model: {label, items (with ids), height (of a row), row(item), isWhole, more()}. */
export function longList(model) { return h('medic-list', {key: 'list', model}) }

class LongList extends HTMLElement {
  #model = null
  #due = 0
  #turn = () => { this.#due ||= requestAnimationFrame(() => { this.#due = 0; this.#draw() }) }

  connectedCallback() {
    this.setAttribute('role', 'table')
    window.addEventListener('scroll', this.#turn, {passive: true})
    window.addEventListener('resize', this.#turn)
    this.#draw()
  }

  disconnectedCallback() {
    window.removeEventListener('scroll', this.#turn)
    window.removeEventListener('resize', this.#turn)
    cancelAnimationFrame(this.#due)
  }

  set model(model) {
    this.#model = model
    if (this.isConnected) this.#draw()
  }

  get model() { return this.#model }

  #draw() {
    const model = this.#model
    if (!model) return
    const {items, height, isWhole, label} = model
    const top = this.getBoundingClientRect().top
    const first = Math.max(0, Math.floor(-top / height) - beyond)
    const last = Math.min(items.length, Math.ceil((window.innerHeight - top) / height) + beyond)
    this.setAttribute('aria-label', label)
    this.setAttribute('aria-rowcount', isWhole ? items.length : -1)
    this.style.height = `${items.length * height}px`
    const shown = items.slice(first, last).map((item, place) => ({item, place: first + place}))
    patch(this, rows('div.list-window', {role: 'rowgroup'}, shown, {
      key: ({item}) => String(item.id),
      // Where a row stands changes when there are newer ones before it.
      sign: ({place}) => String(place),
      make: ({item, place}) => h('div.list-row', {role: 'row', 'aria-rowindex': place + 1}, model.row(item)),
    }))
    this.firstElementChild.style.transform = `translateY(${first * height}px)`
    if (!isWhole && last > items.length - beyond * 2) model.more()
  }
}

customElements.define('medic-list', LongList)
