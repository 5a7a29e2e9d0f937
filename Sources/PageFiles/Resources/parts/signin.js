// Who looks at the page. Most need to say nothing: the agent trusts the connection, or the browser has a certificate.

import {access, authorization, headers, signIn} from '../core/api.js'
import {field} from './common.js'
import {h} from '../core/dom.js'

const button = document.getElementById('who')

export function setUpSignIn() {
  button.onclick = () => authorization() ? leave() : askWho()
  // Asked once by itself; whoever closes the question has the button.
  access.addEventListener('refused', () => askWho('The agent wants to know who asks.'), {once: true})
  say()
}

function say() { button.textContent = authorization() ? 'Sign out' : 'Sign in' }

function leave() {
  signIn(null)
  say()
  access.dispatchEvent(new Event('changed'))
}

/** Opens the question; `reason` stands above it. */
export function askWho(reason = '') {
  if (document.querySelector('dialog.sign-in')) return
  const token = h('input', {type: 'password', autocomplete: 'off', name: 'token'})
  const user = h('input', {type: 'text', autocomplete: 'username', name: 'user'})
  const password = h('input', {type: 'password', autocomplete: 'current-password', name: 'password'})
  const complaint = h('p.trouble', {role: 'alert', hidden: true})
  const form = h('form', {method: 'dialog'},
    h('h2', {}, 'Sign in'),
    reason ? h('p', {}, reason) : null,
    field('Token', token),
    h('p.or', {}, 'or'),
    field('User', user), field('Password', password), complaint,
    h('div.buttons', {},
      h('button', {type: 'button', onclick: () => dialog.close()}, 'Cancel'),
      h('button.primary', {type: 'submit'}, 'Sign in')))
  const dialog = h('dialog.sign-in', {'aria-label': 'Sign in'}, form)
  form.onsubmit = async (event) => {
    event.preventDefault()
    const value = token.value ? `Bearer ${token.value}` : `Basic ${base64(`${user.value}:${password.value}`)}`
    complaint.hidden = true
    const reply = await fetch('api/v1/status/buildinfo', {headers: {...headers(), Authorization: value}}).catch(() => null)
    if (!reply?.ok) {
      complaint.textContent = reply ? 'The agent does not know these.' : 'The agent does not answer.'
      complaint.hidden = false
      return
    }
    signIn(value)
    say()
    dialog.close()
    access.dispatchEvent(new Event('changed'))
  }
  dialog.onclose = () => dialog.remove()
  document.body.append(dialog)
  dialog.showModal()
}

function base64(text) { return btoa(String.fromCharCode(...new TextEncoder().encode(text))) }
