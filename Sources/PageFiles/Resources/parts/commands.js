// Buttons that tell the agent to do something.

import {command} from '../core/api.js'
import {announce, h} from '../core/dom.js'
import {complain, field} from './common.js'
import {askWho} from './signin.js'

/**
 * A button that posts `parameters` to `path` and says what came of it; `done` is called afterwards, and where somebody else must
 * sign in first, they are asked to.
 */
export function commandButton(words, path, {parameters = {}, style = '', done = () => {}} = {}) {
  return h('button', {type: 'button', class: style, onclick: (event) => tell(event.currentTarget, path, parameters, done)}, words)
}

/** The same for what wants a reason, which the record keeps. */
export function commandForm(words, path, {parameters = {}, style = '', done = () => {}} = {}) {
  return h('form.tools.command-form', {onsubmit: (event) => {
    event.preventDefault()
    const form = event.currentTarget
    tell(form.querySelector('button'), path, {...parameters, ...Object.fromEntries(new FormData(form))}, () => { form.reset(); done() })
  }}, field('Why', h('input', {name: 'reason', required: true, size: 30, autocomplete: 'off'})), h('button', {type: 'submit', class: style}, words))
}

async function tell(button, path, parameters, done) {
  button.disabled = true
  button.parentElement.querySelector('.complaint')?.remove()
  try {
    const {message} = await command(path, parameters)
    announce(message ?? 'done')
    done()
  } catch (error) {
    complain(button, error.message)
    if (error.status === 401 || error.status === 403) askWho(error.message)
  } finally {
    button.disabled = false
  }
}
