// How moments, spans and numbers are written for people.

const units = [['d', 86_400], ['h', 3_600], ['m', 60], ['s', 1]]

/** A span of seconds in its two largest units: `2h 5m`, `45s`, `120ms`. */
export function span(seconds) {
  if (seconds === undefined || seconds === null || Number.isNaN(seconds)) return ''
  if (seconds < 0) return `-${span(-seconds)}`
  if (seconds === 0) return '0s'
  if (seconds < 0.001) return `${Math.round(seconds * 1e6)}µs`
  if (seconds < 1) return `${Math.round(seconds * 1e3)}ms`
  if (seconds < 10) return `${Number(seconds.toFixed(1))}s`
  let left = Math.round(seconds)
  const parts = []
  for (const [name, length] of units) {
    const count = Math.floor(left / length)
    if (count > 0) parts.push(`${count}${name}`)
    else if (parts.length) break
    left -= count * length
    if (parts.length === 2) break
  }
  return parts.join(' ')
}

/** Seconds of a span as PromQL writes it (`1h30m`); NaN for anything else. */
export function seconds(text) {
  const parts = text.trim().match(/^(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/)
  if (!parts || text.trim() === '') return NaN
  const lengths = [604_800, 86_400, 3_600, 60, 1]
  return lengths.reduce((sum, length, place) => sum + length * Number(parts[place + 1] ?? 0), 0)
}

/** Seconds as PromQL writes them. */
export function promQLSpan(total) {
  let left = Math.round(total), text = ''
  for (const [name, length] of units) {
    if (left >= length) text += `${Math.floor(left / length)}${name}`
    left %= length
  }
  return text || '0s'
}

export function moment(time) { return new Date(time).getTime() }

/** How long ago, in one unit: what a glance needs. */
export function ago(time, now = Date.now()) {
  const elapsed = (now - moment(time)) / 1_000
  if (Math.abs(elapsed) < 1.5) return 'now'
  const [unit, length] = units.find(([, length]) => Math.abs(elapsed) >= length) ?? units.at(-1)
  const count = Math.floor(Math.abs(elapsed) / length)
  return elapsed < 0 ? `in ${count}${unit}` : `${count}${unit} ago`
}

const two = (number) => String(number).padStart(2, '0')

/** Local time of day. */
export function clock(time, withSeconds = true) {
  const date = new Date(time)
  const text = `${two(date.getHours())}:${two(date.getMinutes())}`
  return withSeconds ? `${text}:${two(date.getSeconds())}` : text
}

export function day(time) {
  const date = new Date(time)
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

export function full(time) { return `${day(time)} ${clock(time)}` }

/** The zone that all times are told in: `UTC`, `UTC+2`, `UTC-3:30`. */
export function zone(at = new Date()) {
  const minutes = -at.getTimezoneOffset(), size = Math.abs(minutes)
  const rest = size % 60 ? `:${two(size % 60)}` : ''
  return minutes === 0 ? 'UTC' : `UTC${minutes < 0 ? '-' : '+'}${Math.floor(size / 60)}${rest}`
}

/** The time of day, with the date where it is another day than today. */
export function brief(time, now = Date.now()) {
  return day(time) === day(now) ? clock(time) : `${day(time).slice(5)} ${clock(time, false)}`
}

const large = [[1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e3, 'k']]
const binary = [[2 ** 50, 'Pi'], [2 ** 40, 'Ti'], [2 ** 30, 'Gi'], [2 ** 20, 'Mi'], [2 ** 10, 'Ki']]

/** A number in at most four digits, with a letter for its size. */
export function number(value) {
  if (value === null || value === undefined) return ''
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
  const size = Math.abs(value)
  if (size === 0) return '0'
  if (size >= 1e15 || size < 1e-4) return value.toExponential(2)
  for (const [factor, letter] of large) if (size >= factor) return digits(value / factor) + letter
  return digits(value)
}

export function bytes(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return ''
  for (const [factor, name] of binary) if (Math.abs(value) >= factor) return `${digits(value / factor)} ${name}B`
  return `${digits(value)} B`
}

function digits(value) { return String(Number(value.toPrecision(Math.abs(value) >= 1_000 ? 4 : 3))) }

export function percent(share) { return share === undefined ? '' : `${Math.round(share * 100)} %` }

/** How a metric's values are best written, by the ending that its name has by convention. */
export function formatterOf(expression) {
  if (/\b(rate|irate|deriv)\s*\(/.test(expression)) return number
  if (/_bytes\b/.test(expression) && !/[/]/.test(expression)) return bytes
  return number
}

/** `1 alert`, `2 alerts`. */
export function count(amount, one, many = `${one}s`) { return `${amount} ${amount === 1 ? one : many}` }

/** A series as PromQL writes it. */
export function seriesName(labels) {
  const {__name__: name = '', ...rest} = labels
  const text = Object.entries(rest).map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(', ')
  return text ? `${name}{${text}}` : name || '{}'
}
