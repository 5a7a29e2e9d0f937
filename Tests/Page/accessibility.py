"""What a page owes to those who do not see it, do not see it well, or have no mouse. Each check answers with its findings."""

# Roles that mean nothing to anybody without a name.
NAMED = {"button", "link", "textbox", "searchbox", "checkbox", "combobox", "listbox", "option", "image", "img", "table", "region",
         "navigation", "dialog", "complementary", "row header", "group"}
UNNAMED_IS_FINE = {"group"}

STRUCTURE = r"""
(() => {
  const found = []
  const say = (element, words) => found.push(`${words}: ${element.outerHTML.slice(0, 120)}`)
  const isShown = (element) => element.checkVisibility({visibilityProperty: true})
  if (!document.documentElement.lang) found.push('the language is not said')
  if (!document.title) found.push('there is no title')
  for (const tag of ['main', 'header', 'nav']) if (document.querySelectorAll(tag).length !== 1) found.push(`there must be one ${tag}`)
  if (document.querySelectorAll('h1').length !== 1) found.push(`there are ${document.querySelectorAll('h1').length} h1`)
  let level = 0
  for (const heading of document.querySelectorAll('h1, h2, h3, h4')) {
    const own = Number(heading.localName[1])
    if (own > level + 1) say(heading, 'a level of headings is left out')
    level = own
  }
  const ids = new Map()
  for (const element of document.querySelectorAll('[id]')) ids.set(element.id, (ids.get(element.id) ?? 0) + 1)
  for (const [id, times] of ids) if (times > 1) found.push(`the id ${id} is there ${times} times`)
  for (const name of ['aria-controls', 'aria-labelledby', 'aria-describedby', 'aria-activedescendant']) {
    for (const element of document.querySelectorAll(`[${name}]`)) if (!ids.has(element.getAttribute(name))) say(element, `${name} names nothing`)
  }
  for (const list of document.querySelectorAll('ul, ol')) {
    if (list.getAttribute('role') !== 'listbox' && [...list.children].some((child) => child.localName !== 'li')) say(list, 'a list holds what is no item')
  }
  for (const list of document.querySelectorAll('dl')) {
    if ([...list.children].some((child) => !['dt', 'dd'].includes(child.localName))) say(list, 'a list of facts holds something else')
  }
  for (const cell of document.querySelectorAll('th')) if (!cell.scope) say(cell, 'a heading of a table does not say for what')
  for (const element of document.querySelectorAll('[tabindex]')) if (element.tabIndex > 0) say(element, 'it jumps the order of focus')
  for (const hidden of document.querySelectorAll('[aria-hidden="true"]')) {
    if (hidden.matches('a, button, input, [tabindex]') || hidden.querySelector('a, button, input, [tabindex]')) say(hidden, 'hidden and yet in the order of focus')
  }
  for (const field of document.querySelectorAll('input, select, textarea')) {
    if (isShown(field) && !field.labels?.length && !field.ariaLabel) say(field, 'a field without a label')
  }
  for (const row of document.querySelectorAll('[role=row]')) if (!row.closest('[role=table], [role=grid]')) say(row, 'a row of no table')
  for (const element of document.querySelectorAll('[onclick], [style]:not([style=""])')) {
    if (element.hasAttribute('onclick')) say(element, 'an inline handler')
  }
  if (document.documentElement.scrollWidth > window.innerWidth + 1) found.push(`the page is ${document.documentElement.scrollWidth} wide in a window of ${window.innerWidth}`)
  return found
})()
"""

CONTRAST = r"""
(() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true})
  canvas.canvas.width = canvas.canvas.height = 1
  const known = new Map()
  const parse = (colour) => {
    if (!known.has(colour)) {
      canvas.clearRect(0, 0, 1, 1)
      canvas.fillStyle = colour
      canvas.fillRect(0, 0, 1, 1)
      const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data
      known.set(colour, [r, g, b, a / 255])
    }
    return known.get(colour)
  }
  const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1]
  const ground = (element) => {
    const layers = []
    for (let at = element; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor)
      layers.push(colour)
      if (colour[3] === 1) break
    }
    return layers.reduceRight((below, layer) => over(layer, below), [255, 255, 255, 1])
  }
  const luminance = (colour) => {
    const [r, g, b] = colour.map((value) => value / 255).map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const contrast = (one, other) => {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b)
    return (high + 0.05) / (low + 0.05)
  }
  const found = new Map()
  let checked = 0
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement
    if (!walker.currentNode.data.trim() || !element.checkVisibility({visibilityProperty: true}) || element.closest('.unseen, .skip, :disabled, noscript')) continue
    const style = getComputedStyle(element), below = ground(element)
    const size = parseFloat(style.fontSize), isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700)
    const ratio = contrast(over(parse(style.color), below), below)
    checked += 1
    if (ratio < (isLarge ? 3 : 4.5)) found.set(`${element.className || element.localName} in ${element.parentElement.className || element.parentElement.localName}`, `${ratio.toFixed(2)} "${walker.currentNode.data.trim().slice(0, 40)}"`)
  }
  for (const field of document.querySelectorAll('input:not([type=checkbox]), select, textarea, button:not(.quiet)')) {
    const style = getComputedStyle(field)
    if (!field.checkVisibility() || parseFloat(style.borderTopWidth) === 0 || field.closest('.calendar')) continue
    checked += 1
    const ratio = contrast(over(parse(style.borderTopColor), ground(field.parentElement)), ground(field.parentElement))
    if (ratio < 3) found.set(`the border of ${field.className || field.localName}`, ratio.toFixed(2))
  }
  return {checked, found: [...found].map(([where, what]) => `${where}: ${what}`)}
})()
"""

FOCUSED = r"""
(() => {
  const element = document.activeElement
  if (!element || element === document.body) return null
  const all = [...document.querySelectorAll('*')]
  const style = getComputedStyle(element), box = element.getBoundingClientRect()
  return {
    place: all.indexOf(element), words: element.outerHTML.slice(0, 100),
    isMarked: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1,
    isInView: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  }
})()
"""


# What a finger needs: nothing beyond the edges, buttons and fields as high as it is broad, and words of which it need not hit the middle.
TOUCH = r"""
(() => {
  const found = new Set(), least = 44
  const shown = (element) => element.checkVisibility({visibilityProperty: true}) && !element.closest('.unseen, .skip')
  const say = (element, words) => found.add(`${words}: ${element.outerHTML.slice(0, 100)}`)
  const {scrollWidth, clientWidth} = document.documentElement
  if (scrollWidth > clientWidth) found.add(`the page is ${scrollWidth} wide, in ${clientWidth}`)
  // An hour of the calendar is small so that all hours are seen; the filters below it say the same.
  for (const element of document.querySelectorAll('button, select, a.button, nav a, input:not([type=checkbox]), label:has([type=checkbox])')) {
    const {height} = element.getBoundingClientRect()
    if (shown(element) && !element.closest('.calendar') && height < least) say(element, `only ${Math.round(height)} high`)
  }
  for (const link of document.querySelectorAll('.back, td > a, .alert-name, .run-line-head > a, .record-text > a')) {
    const {x, y, width, height} = link.getBoundingClientRect(), middle = y + height / 2
    if (!shown(link) || middle < 130 || middle > innerHeight - 40) continue
    for (const aside of [-18, 18]) {
      if (document.elementFromPoint(x + width / 2, middle + aside)?.closest('a') !== link) say(link, `missed ${Math.abs(aside)} beside its middle`)
    }
  }
  return [...found]
})()
"""

# One of each kind of mistake, put into the page to see that it is found.
MISTAKES = """
document.querySelector('main').insertAdjacentHTML('beforeend', `
  <p id="one">low</p><p id="one">again</p><button></button><input name="x"><h4>too deep</h4><a href="#" tabindex="5">jump</a><ul><b>no item</b></ul>
  <table><tr><th>of what?</th></tr></table><span aria-hidden="true"><button>hidden</button></span>`)
document.querySelector('#one').style.color = 'color-mix(in srgb, var(--ink) 30%, var(--ground))'
0
"""
FOUND = ["the id one is there 2 times", "a level of headings is left out", "it jumps the order of focus", "a list holds what is no item",
         "a heading of a table does not say for what", "hidden and yet in the order of focus", "a field without a label", "a button without a name",
         '"low"']


def unnoticed(tab):
    """Which of the mistakes nobody notices. The page is spoilt afterwards."""
    tab.evaluate(MISTAKES)
    findings = "\n".join(structure(tab) + nameless(tab) + contrast(tab)[0])
    return [mistake for mistake in FOUND if mistake not in findings]


def nameless(tab):
    return [f"a {role} without a name" for role, name in tab.names()
            if role in NAMED and role not in UNNAMED_IS_FINE and not name.strip()]


def touch(tab):
    return tab.evaluate(TOUCH)


def untouched(tab):
    """As `unnoticed`, of what a finger needs."""
    # At once: what is drawn anew meanwhile takes away what it knows nothing of.
    findings = "\n".join(tab.evaluate("""
        document.querySelector('main').insertAdjacentHTML('afterbegin', `<button id="low">low</button><div id="wide">wide</div>
          <table><tr><td id="narrow"><a href="#">word</a><br><a href="#">other</a></td></tr></table>`)
        for (const [id, name, value] of [['low', 'minHeight', '20px'], ['wide', 'width', '900px'], ['narrow', 'padding', 0]]) document.getElementById(id).style[name] = value
        scrollTo(0, 0);""" + TOUCH))
    return [mistake for mistake in ("high: <button", "wide, in 390", "beside its middle") if mistake not in findings]


def structure(tab):
    return tab.evaluate(STRUCTURE)


def contrast(tab):
    """The findings, and how many texts and borders were looked at."""
    result = tab.evaluate(CONTRAST)
    return result["found"], result["checked"]


def focus_order(tab, steps=60):
    """Goes through the page with the tabulator: every stop is marked, is seen, and comes after the one before it."""
    tab.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    found, last, stops = [], -1, 0
    for _ in range(steps):
        tab.press("Tab")
        stop = tab.evaluate(FOCUSED)
        if stop is None or stop["place"] < last:
            # Through the end of the page, and round.
            break
        stops += 1
        if not stop["isMarked"]:
            found.append(f"focus is not seen on {stop['words']}")
        if not stop["isInView"]:
            found.append(f"focus is out of sight on {stop['words']}")
        last = stop["place"]
    return found, stops
