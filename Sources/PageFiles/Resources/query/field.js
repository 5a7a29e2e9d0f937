// The field in which an expression is written, with completion.

import {announce, h, patch} from '../core/dom.js'
import {count} from '../core/format.js'
import {place, suggestions} from './completion.js'

let number = 0

/** A field that calls its own `run` on Enter. Answers with the element; `.input` is where the text stands. */
export function expressionField(text) {
  const name = `suggestions-${number += 1}`
  const list = h('ul.suggestions', {id: name, role: 'listbox', 'aria-label': 'Suggestions', hidden: true})
  const input = h('textarea.expression-input', {
    rows: 1, spellcheck: 'false', autocapitalize: 'off', autocomplete: 'off', 'aria-label': 'Expression',
    role: 'combobox', 'aria-autocomplete': 'list', 'aria-expanded': 'false', 'aria-controls': name,
    placeholder: 'Expression: up, or rate(http_requests_total[5m])', value: text,
  })
  const box = h('expression-field', {key: 'expression'}, input, list)
  let offered = [], chosen = -1, where = null, asking = new AbortController()

  const fit = () => {
    input.style.height = 'auto'
    input.style.height = `${Math.min(input.scrollHeight + 2, 240)}px`
  }
  const close = () => {
    asking.abort()
    offered = []
    chosen = -1
    draw()
  }
  const draw = () => {
    list.hidden = offered.length === 0
    input.setAttribute('aria-expanded', String(!list.hidden))
    patch(list, offered.map((item, index) => h('li', {
      id: `${name}-${index}`, role: 'option', 'aria-selected': String(index === chosen),
      // Pressing must not take the focus out of the field.
      onpointerdown: (event) => { event.preventDefault(); take(index) },
    }, h('span.suggestion', {}, item.text), h('span.suggestion-kind', {}, item.kind), h('span.suggestion-help', {}, item.help ?? ''))))
    if (chosen >= 0) {
      input.setAttribute('aria-activedescendant', `${name}-${chosen}`)
      list.children[chosen]?.scrollIntoView({block: 'nearest'})
    } else {
      input.removeAttribute('aria-activedescendant')
    }
  }
  const take = (index) => {
    const item = offered[index]
    const ending = {function: '(', value: '"'}[item.kind] ?? ''
    const after = input.value.slice(input.selectionStart)
    input.setRangeText(item.text + (after.startsWith(ending) ? '' : ending), where.start, input.selectionStart, 'end')
    fit()
    close()
  }
  const suggest = async () => {
    asking.abort()
    asking = new AbortController()
    const {signal} = asking
    const there = place(input.value, input.selectionStart)
    try {
      const found = await suggestions(there, signal)
      if (signal.aborted) return
      where = there
      // A word that is written already needs no suggestion of itself.
      offered = found.length === 1 && found[0].text === there.prefix ? [] : found
      chosen = -1
      draw()
      if (offered.length) announce(count(offered.length, 'suggestion'))
    } catch (error) {
      if (error.name !== 'AbortError') throw error
    }
  }

  input.oninput = () => { fit(); suggest() }
  input.onblur = close
  input.onkeydown = (event) => {
    const {key} = event
    if (key === 'ArrowDown' || key === 'ArrowUp') {
      if (!offered.length) return
      event.preventDefault()
      chosen = (chosen + (key === 'ArrowDown' ? 1 : -1) + offered.length + (chosen < 0 && key === 'ArrowUp' ? 1 : 0)) % offered.length
      draw()
    } else if (key === 'Tab' && offered.length) {
      event.preventDefault()
      take(Math.max(0, chosen))
    } else if (key === 'Enter' && chosen >= 0) {
      event.preventDefault()
      take(chosen)
    } else if (key === 'Enter' && !event.shiftKey) {
      event.preventDefault()
      close()
      box.run?.()
    } else if (key === 'Escape' && offered.length) {
      event.preventDefault()
      close()
    } else if (key === ' ' && event.ctrlKey) {
      event.preventDefault()
      suggest()
    }
  }
  box.input = input
  box.set = (value) => { input.value = value; fit() }
  requestAnimationFrame(fit)
  return box
}
