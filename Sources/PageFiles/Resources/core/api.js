// Asking the agent. Paths are relative to the page, so that it also works below a proxy's prefix.

const credentials = 'medic.authorization'

/** Why there is no answer, in the agent's words where it gave any. */
class Trouble extends Error {
  constructor(status, message, kind = '') {
    super(message)
    this.status = status
    this.kind = kind
  }
}

/** Tells `refused` when the agent wants to know who asks. */
export const access = new EventTarget()

export function authorization() { return sessionStorage.getItem(credentials) }

/** Who asks from now on: a header's value, or null for whoever the connection says. Kept until the tab is closed. */
export function signIn(value) {
  if (value) sessionStorage.setItem(credentials, value)
  else sessionStorage.removeItem(credentials)
}

/** A question; answers with what the agent calls `data`, or with all of the body where there is no such member. */
export function get(path, parameters, signal) {
  return send(path + query(parameters), {method: 'GET', signal})
}

/** A question too long for an address. */
export function ask(path, parameters, signal) {
  return send(path, {method: 'POST', body: new URLSearchParams(pairs(parameters)), signal})
}

/** A command, as a form. */
export function command(path, parameters = {}) {
  return send(path, {method: 'POST', body: new URLSearchParams(pairs(parameters))})
}

/** A command with a JSON body, or with none. */
export function commandJSON(method, path, value) {
  const body = value === undefined ? undefined : JSON.stringify(value)
  return send(path, {method, body, type: 'application/json'})
}

/** What every request says. The page asks by itself who somebody is; the agent need not make the browser ask first. */
export function headers(more = {}) {
  const value = authorization()
  return {...more, 'X-Requested-With': 'medic', ...(value ? {Authorization: value} : {})}
}

async function send(path, {method, body, signal, type}) {
  let reply
  try {
    const options = {method, body, signal, headers: headers(type ? {'Content-Type': type} : {}), cache: 'no-store'}
    reply = await fetch(path, options)
  } catch (error) {
    if (error.name === 'AbortError') throw error
    throw new Trouble(0, 'the agent does not answer')
  }
  const text = await reply.text()
  let tree
  try {
    tree = text === '' ? {} : JSON.parse(text)
  } catch {
    tree = {error: text.slice(0, 500)}
  }
  if (reply.status === 401) access.dispatchEvent(new Event('refused'))
  // An agent that is unhealthy says so with a status of its own, and says why in the body.
  if (!reply.ok && !(reply.status === 503 && tree.checks)) {
    const message = tree.error ?? (typeof tree === 'string' ? tree : `the agent answered ${reply.status}`)
    throw new Trouble(reply.status, message, tree.errorType)
  }
  return tree.data ?? tree
}

function pairs(parameters) {
  const found = []
  for (const [name, value] of Object.entries(parameters ?? {})) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null && one !== '') found.push([name, String(one)])
    }
  }
  return found
}

/** The parameters as they stand behind a path; an empty text when there are none. */
export function query(parameters) {
  const text = new URLSearchParams(pairs(parameters)).toString()
  return text === '' ? '' : `?${text}`
}
