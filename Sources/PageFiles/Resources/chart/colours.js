// The colours of the style sheets, as a canvas needs them.

const names = ['ink-faint', 'line', 'ill', 'watch', 'well', 'busy', 'waits', 'ill-ground', 'watch-ground', 'well-ground',
  'busy-ground', 'waits-ground']

/** The colours as they are at the element, in the theme of the moment. */
export function colours(element) {
  // A custom property is a text; only the colour of something real is worked out.
  const probe = document.createElement('i')
  probe.hidden = true
  element.append(probe)
  const style = getComputedStyle(probe)
  const read = (name) => {
    probe.style.color = `var(--${name})`
    return style.color
  }
  const palette = Object.fromEntries(names.map((name) => [name, read(name)]))
  palette.series = Array.from({length: 8}, (_, place) => read(`series-${place + 1}`))
  probe.style.color = 'color-mix(in srgb, var(--accent) 22%, transparent)'
  palette.chosen = style.color
  palette.font = `11.5px ${style.fontFamily}`
  probe.remove()
  return palette
}
