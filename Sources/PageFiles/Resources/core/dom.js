// Building and patching the document.
//
// A view describes what it shows as a fresh tree each time; `patch` changes the tree that is on the screen as little as
// possible, so that focus, selection, scroll and opened details stay where the reader left them.

/** Makes an element: `h('div.card', {onclick, key, hidden}, ...children)`. Text becomes text, never markup. */
export function h(name, properties, ...children) {
  const [tag, ...classes] = name.split('.')
  const element = document.createElement(tag)
  if (classes.length) element.className = classes.join(' ')
  for (const [name, value] of Object.entries(properties ?? {})) set(element, name, value)
  append(element, children)
  return element
}

function set(element, name, value) {
  if (value === undefined || value === null || (value === false && name !== 'checked')) return
  if (name.startsWith('on')) {
    element[name] = value
    ;(element.handlers ??= []).push(name)
  } else if (name === 'key') {
    element.key = String(value)
  } else if (name === 'model') {
    element.model = value
  } else if (name === 'value' || name === 'checked') {
    element[name] = value
    element.described = value
  } else if (name === 'class') {
    element.classList.add(...value.split(' ').filter(Boolean))
  } else {
    element.setAttribute(name, value === true ? '' : value)
  }
}

function append(element, children) {
  for (const child of children) {
    if (Array.isArray(child)) append(element, child)
    else if (child instanceof Node) element.append(child)
    else if (child !== undefined && child !== null && child !== false) element.append(String(child))
  }
}

/**
 * A long list. Its rows are made only for items that are new or whose sign changed, so that a thousand rows cost nothing
 * while one of them changes. `key` names an item, `sign` says in a text everything that its row shows.
 */
export function rows(name, properties, items, {key, sign, make}) {
  const element = h(name, properties)
  element.list = {items, key, sign, make}
  return element
}

/** Makes the children of an element what the fresh nodes say. */
export function patch(parent, ...fresh) {
  const wanted = document.createElement('div')
  append(wanted, fresh)
  patchChildren(parent, wanted)
}

function patchChildren(old, fresh) {
  const keyed = new Map()
  for (const child of old.childNodes) if (child.key !== undefined) keyed.set(child.key, child)
  let cursor = old.firstChild
  for (const node of [...fresh.childNodes]) {
    while (cursor?.stays) cursor = cursor.nextSibling
    const match = node.key !== undefined ? keyed.get(node.key) : cursor
    if (match && match.key === node.key && isSameKind(match, node)) {
      if (match === cursor) cursor = cursor.nextSibling
      else old.insertBefore(match, cursor)
      patchNode(match, node)
    } else {
      old.insertBefore(node, cursor)
      settle(node)
    }
  }
  while (cursor) {
    const next = cursor.nextSibling
    if (!cursor.stays) cursor.remove()
    cursor = next
  }
}

function isSameKind(old, fresh) {
  return old.nodeType === fresh.nodeType && old.nodeName === fresh.nodeName
}

function patchNode(old, fresh) {
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data
    return
  }
  for (const {name} of [...old.attributes]) {
    // Whether details are open is the reader's business; what an element of our own says of itself is its own.
    if (!fresh.hasAttribute(name) && name !== 'open' && !isOwn(old)) old.removeAttribute(name)
  }
  for (const {name, value} of fresh.attributes) {
    if (name === 'open' || old.getAttribute(name) === value) continue
    // As an attribute it would be inline style, which the policy forbids; as a property it is a script's.
    if (name === 'style') old.style.cssText = fresh.style.cssText
    else old.setAttribute(name, value)
  }
  // What somebody writes or ticks stays, until something else is described than was before.
  if (fresh.described !== old.described) {
    old[old.type === 'checkbox' ? 'checked' : 'value'] = fresh.described ?? ''
    old.described = fresh.described
  }
  for (const name of old.handlers ?? []) old[name] = null
  for (const name of fresh.handlers ?? []) old[name] = fresh[name]
  old.handlers = fresh.handlers
  if (isOwn(old)) old.model = fresh.model
  else if (fresh.list) synchronise(old, fresh.list)
  else patchChildren(old, fresh)
}

function isOwn(element) { return element.localName?.includes('-') }

/** Fills the long lists in a tree that came into the document whole. */
function settle(node) {
  if (node.nodeType !== Node.ELEMENT_NODE) return
  if (node.list) synchronise(node, node.list)
  else for (const child of node.children) settle(child)
}

function synchronise(element, {items, key, sign, make}) {
  const known = element.known ?? new Map()
  const shown = new Map()
  const names = items.map(key)
  // Those that go, go first: each row that stays is then found where it stands, and is not moved.
  const staying = new Set(names)
  for (const [name, {node}] of known) if (!staying.has(name)) node.remove()
  let cursor = element.firstChild
  for (const [place, item] of items.entries()) {
    const name = names[place]
    if (shown.has(name)) continue
    const says = sign(item)
    const former = known.get(name)
    let node = former?.node
    if (!former) {
      node = make(item)
    } else if (former.says !== says) {
      patchNode(node, make(item))
    }
    if (node === cursor) cursor = cursor.nextSibling
    else element.insertBefore(node, cursor)
    shown.set(name, {node, says})
  }
  while (cursor) {
    const next = cursor.nextSibling
    cursor.remove()
    cursor = next
  }
  element.known = shown
}

/** Says something to a screen reader without moving anything on the screen. */
export function announce(text) {
  const place = document.getElementById('announcements')
  // The same words twice in a row would not be read again.
  place.textContent = ''
  requestAnimationFrame(() => { place.textContent = text })
}
