// Where the reader is: the part of the address behind `#`, so that every other path stays what the agent says it is.

import {query} from './api.js'

/** `#/runs/42?part=steps` as `{view: 'runs', parts: ['42'], parameters}`. */
export function route() {
  const [path, text = ''] = location.hash.replace(/^#\/?/, '').split(/\?(.*)/s)
  const [view = '', ...parts] = path.split('/').filter(Boolean).map(decoded)
  return {view: view || 'now', parts, parameters: new URLSearchParams(text)}
}

function decoded(part) {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** The address of a view: `link('alerts', fingerprint)`, `link('history', {kind: 'run'})`. */
export function link(view, ...rest) {
  const parameters = typeof rest.at(-1) === 'object' ? rest.pop() : {}
  return `#/${[view, ...rest].map(encodeURIComponent).join('/')}${query(parameters)}`
}

/** Goes there; `replace` leaves no trace for the way back. */
export function go(address, {replace = false} = {}) {
  if (replace) {
    history.replaceState(null, '', address)
    window.dispatchEvent(new HashChangeEvent('hashchange'))
  } else {
    location.hash = address
  }
}
