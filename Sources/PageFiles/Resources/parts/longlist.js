// <medic-list>: a list of any length of which only the part that is looked at is in the document.

import {h, rows, patch} from '../core/dom.js'

const beyond = 20
// As long as so many rows are there beyond what is seen, nothing is drawn.
const least = 8

/** Its model: {label, items (with ids), height (of a row), row(item), isWhole, more()}. */
export function longList(model) { return h('medic-list', {key: 'list', model}) }

class LongList extends HTMLElement {
  #model = null
  #due = 0
  #drawn = {first: 0, last: 0}
  #turn = () => { this.#due ||= requestAnimationFrame(() => { this.#due = 0; if (this.#isShort()) this.#draw(); else this.#continue() }) }

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

  /** The rows from the first that is seen, less `more`, to the last that is seen, and `more`. */
  #seen(more) {
    const {items, height} = this.#model
    const top = this.getBoundingClientRect().top
    const first = Math.max(0, Math.floor(-top / height) - more)
    return {height, first, last: Math.min(items.length, Math.ceil((window.innerHeight - top) / height) + more)}
  }

  /** Whether more rows must be drawn, or all of them at another height. */
  #isShort() {
    if (!this.#model) return false
    const {first, last, height} = this.#seen(least)
    return first < this.#drawn.first || last > this.#drawn.last || height !== this.#drawn.height
  }

  #draw() {
    const model = this.#model
    if (!model) return
    const {items, isWhole, label} = model
    const {first, last, height} = this.#drawn = this.#seen(beyond)
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
    this.#continue()
  }

  /** Asks for what follows where the end of what is there comes near, and once more where that failed. */
  #continue() {
    if (this.#model && !this.#model.isWhole && this.#drawn.last > this.#model.items.length - beyond * 2) this.#model.more()
  }
}

customElements.define('medic-list', LongList)
