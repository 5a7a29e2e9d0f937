// <medic-chart>: lines over time.
//
// Its model: {label, series: [{name, labels, points: {times, values}}], start, end (seconds), format,
//   thresholds: [{value, text}], spans: [{start, end, kind, text}], marks: [{at, kind, text, address}], choose(start, end)}
//
// The lines are painted once; the cursor lives on a layer of its own. With many series the painting is spread over frames.

import {h, patch} from '../core/dom.js'
import {brief, full, number} from '../core/format.js'
import {extent, nearest, trace} from './series.js'
import {roundMoments, roundValues, valueRange} from './scale.js'
import {colours} from './colours.js'

const margin = {left: 56, right: 12, top: 10, bottom: 22}
// What one frame may spend on painting lines, in milliseconds, so that nothing else stutters.
const share = 7
const told = 8

class Chart extends HTMLElement {
  #model = null
  #observer = new ResizeObserver(() => this.#draw())
  #painting = 0
  #cursor = null
  #dragged = null
  #redraw = () => this.#draw()

  constructor() {
    super()
    this.lines = h('canvas', {'aria-hidden': 'true'})
    this.layer = h('canvas.layer', {tabindex: 0, role: 'img'})
    this.tip = h('div.tip', {hidden: true, 'aria-hidden': 'true'})
    this.says = h('p.unseen', {'aria-live': 'polite'})
    this.layer.onpointermove = (event) => this.#move(event)
    this.layer.onpointerdown = (event) => this.#press(event)
    this.layer.onpointerup = (event) => this.#release(event)
    this.layer.onpointerleave = () => this.#leave()
    this.layer.onkeydown = (event) => this.#key(event)
    this.layer.onblur = () => this.#leave()
  }

  connectedCallback() {
    this.append(this.lines, this.layer, this.tip, this.says)
    this.#observer.observe(this)
    window.addEventListener('themechange', this.#redraw)
  }

  disconnectedCallback() {
    this.#observer.disconnect()
    cancelAnimationFrame(this.#painting)
    window.removeEventListener('themechange', this.#redraw)
  }

  set model(model) {
    this.#model = model
    this.layer.setAttribute('aria-label', describe(model))
    if (this.isConnected) this.#draw()
  }

  get model() { return this.#model }

  #draw() {
    const model = this.#model
    const width = this.clientWidth, height = this.clientHeight
    if (!model || !width || !height) return
    const ratio = window.devicePixelRatio || 1
    for (const canvas of [this.lines, this.layer]) {
      canvas.width = Math.round(width * ratio)
      canvas.height = Math.round(height * ratio)
      canvas.getContext('2d').setTransform(ratio, 0, 0, ratio, 0, 0)
    }
    const shown = model.series.map(({points}) => extent(points, model.start, model.end))
    const range = valueRange(Math.min(...shown.map(({low}) => low)), Math.max(...shown.map(({high}) => high)),
      (model.thresholds ?? []).map(({value}) => value))
    const plot = {left: margin.left, right: width - margin.right, top: margin.top, bottom: height - margin.bottom}
    this.plot = plot
    this.x = (at) => plot.left + (at - model.start) / (model.end - model.start) * (plot.right - plot.left)
    this.y = (value) => plot.bottom - (value - range.low) / (range.high - range.low) * (plot.bottom - plot.top)
    this.palette = colours(this)
    this.#drawGround(range)
    this.#drawLines()
    this.#drawCursor()
  }

  #drawGround(range) {
    const context = this.lines.getContext('2d'), {plot, palette} = this, model = this.#model
    const format = model.format ?? number
    context.clearRect(0, 0, this.clientWidth, this.clientHeight)
    context.font = palette.font
    for (const span of model.spans ?? []) {
      const left = Math.max(plot.left, this.x(span.start)), right = Math.min(plot.right, this.x(span.end))
      if (right <= left) continue
      context.fillStyle = palette[`${span.kind}-ground`]
      context.fillRect(left, plot.top, right - left, plot.bottom - plot.top)
    }
    context.lineWidth = 1
    context.strokeStyle = palette.line
    context.fillStyle = palette['ink-faint']
    context.textBaseline = 'middle'
    context.textAlign = 'right'
    for (const value of roundValues(range.low, range.high, (plot.bottom - plot.top) / 42).values) {
      const at = Math.round(this.y(value)) + 0.5
      if (at > plot.bottom + 1 || at < plot.top - 1) continue
      rule(context, plot.left, at, plot.right, at)
      context.fillText(format(Math.abs(value) < 1e-12 ? 0 : value), plot.left - 8, at)
    }
    context.textBaseline = 'top'
    context.textAlign = 'center'
    for (const {at, text} of roundMoments(model.start, model.end, (plot.right - plot.left) / 90)) {
      const half = context.measureText(text).width / 2
      context.fillText(text, Math.min(this.x(at), this.clientWidth - half - 4), plot.bottom + 7)
    }
    for (const {value} of model.thresholds ?? []) {
      context.strokeStyle = palette.ill
      context.setLineDash([6, 4])
      rule(context, plot.left, this.y(value), plot.right, this.y(value))
      context.setLineDash([])
    }
    for (const {at, kind} of model.marks ?? []) {
      if (at < model.start || at > model.end) continue
      context.strokeStyle = context.fillStyle = palette[kind]
      rule(context, this.x(at), plot.top, this.x(at), plot.bottom)
      context.beginPath()
      context.arc(this.x(at), plot.top + 4, 4, 0, 2 * Math.PI)
      context.fill()
    }
  }

  #drawLines() {
    cancelAnimationFrame(this.#painting)
    const context = this.lines.getContext('2d'), {plot, palette} = this, {series} = this.#model
    let place = 0
    const turn = () => {
      const until = performance.now() + share
      context.save()
      context.beginPath()
      context.rect(plot.left, plot.top - 2, plot.right - plot.left, plot.bottom - plot.top + 4)
      context.clip()
      context.lineJoin = context.lineCap = 'round'
      context.lineWidth = series.length > 40 ? 1 : 1.5
      while (place < series.length && performance.now() < until) {
        context.strokeStyle = palette.series[place % palette.series.length]
        trace(context, series[place].points, this.x, this.y, plot.right - plot.left)
        place += 1
      }
      context.restore()
      if (place < series.length) this.#painting = requestAnimationFrame(turn)
    }
    turn()
  }

  // The cursor.

  #move(event) {
    const {left, top} = this.layer.getBoundingClientRect()
    const x = event.clientX - left
    if (this.#dragged) this.#dragged.to = x
    this.#cursor = {at: this.#time(x), y: event.clientY - top}
    this.#drawCursor()
  }

  #time(x) {
    const {start, end} = this.#model, {left, right} = this.plot
    return start + Math.min(1, Math.max(0, (x - left) / (right - left))) * (end - start)
  }

  #press(event) {
    if (!this.#model.choose || event.button !== 0) return
    const x = event.clientX - this.layer.getBoundingClientRect().left
    this.#dragged = {from: x, to: x}
    this.layer.setPointerCapture(event.pointerId)
  }

  #release(event) {
    const dragged = this.#dragged
    this.#dragged = null
    if (dragged && Math.abs(dragged.to - dragged.from) > 6) {
      const [start, end] = [dragged.from, dragged.to].map((x) => this.#time(x)).sort((one, other) => one - other)
      this.#model.choose(start, end)
    } else {
      const mark = this.#markNear(this.#time(event.clientX - this.layer.getBoundingClientRect().left))
      if (mark?.address) location.hash = mark.address
    }
    this.#drawCursor()
  }

  #leave() {
    this.#cursor = this.#dragged = null
    this.#drawCursor()
  }

  #key(event) {
    const {start, end} = this.#model
    const step = (end - start) / 60
    const at = this.#cursor?.at ?? end
    const to = {ArrowLeft: at - step, ArrowRight: at + step, Home: start, End: end}[event.key]
    if (event.key === 'Escape') return this.#leave()
    if (to === undefined) return
    event.preventDefault()
    this.#cursor = {at: Math.min(end, Math.max(start, to)), y: null}
    this.#drawCursor()
    const format = this.#model.format ?? number
    const values = this.#near().map(({series, value}) => `${series.name} ${format(value)}`)
    this.says.textContent = `${full(this.#cursor.at * 1000)}: ${values.join(', ') || 'nothing'}`
  }

  #markNear(at) {
    const reach = 6 / (this.plot.right - this.plot.left) * (this.#model.end - this.#model.start)
    return (this.#model.marks ?? []).find((mark) => Math.abs(mark.at - at) < reach)
  }

  /** The series nearest to the cursor, from near to far. */
  #near() {
    const {at, y} = this.#cursor, {series, start, end} = this.#model
    const reach = (end - start) / 20
    const found = series.map((series, place) => {
      const index = nearest(series.points, at)
      const value = index < 0 ? NaN : series.points.values[index]
      const isNear = index >= 0 && Math.abs(series.points.times[index] - at) < reach
      return {series, place, value: isNear ? value : NaN, time: series.points.times[index]}
    }).filter(({value}) => !Number.isNaN(value))
    const distance = ({value}) => y === null ? -value : Math.abs(this.y(value) - y)
    return found.sort((one, other) => distance(one) - distance(other)).slice(0, told)
  }

  #drawCursor() {
    if (!this.plot) return
    const context = this.layer.getContext('2d'), {plot, palette} = this
    context.clearRect(0, 0, this.clientWidth, this.clientHeight)
    this.tip.hidden = !this.#cursor
    if (!this.#cursor) return
    if (this.#dragged) {
      context.fillStyle = palette.chosen
      context.fillRect(this.#dragged.from, plot.top, this.#dragged.to - this.#dragged.from, plot.bottom - plot.top)
    }
    const near = this.#near()
    const at = near[0]?.time ?? this.#cursor.at
    context.strokeStyle = palette['ink-faint']
    rule(context, this.x(at), plot.top, this.x(at), plot.bottom)
    for (const {place, value} of near) {
      context.fillStyle = palette.series[place % palette.series.length]
      context.beginPath()
      context.arc(this.x(at), this.y(value), 3.5, 0, 2 * Math.PI)
      context.fill()
    }
    this.#tell(near, at)
  }

  #tell(near, at) {
    const format = this.#model.format ?? number
    const mark = this.#markNear(this.#cursor.at)
    const span = (this.#model.spans ?? []).find((span) => at >= span.start && at <= span.end)
    patch(this.tip, h('p.tip-time', {}, brief(at * 1_000)),
      mark ? h('p', {class: `tip-${mark.kind}`}, mark.text) : null, span ? h('p.faint', {}, span.text) : null,
      near.map(({series, place, value}) => h('p.tip-line', {},
        h('i.swatch', {class: `series-${place % 8 + 1}`}), h('b', {}, format(value)), ' ', series.name)))
    const isRight = this.x(at) > this.clientWidth / 2
    this.tip.style.left = isRight ? 'auto' : `${this.x(at) + 14}px`
    this.tip.style.right = isRight ? `${this.clientWidth - this.x(at) + 14}px` : 'auto'
  }
}

function rule(context, fromX, fromY, toX, toY) {
  context.beginPath()
  context.moveTo(fromX, fromY)
  context.lineTo(toX, toY)
  context.stroke()
}

/** The chart in words, for who does not see it. */
function describe({label, series, thresholds = [], start, end, format = number}) {
  const last = series.slice(0, 5).map(({name, points}) => {
    const value = points.values.findLast((value) => !Number.isNaN(value))
    return value === undefined ? null : `${name} at last ${format(value)}`
  }).filter(Boolean)
  const lines = series.length === 1 ? 'one series' : `${series.length} series`
  const limits = thresholds.map(({text}) => `, threshold ${text}`).join('')
  return `${label}: ${lines} from ${full(start * 1000)} to ${full(end * 1000)}${limits}. ${last.join('; ')}. Arrow keys read values.`
}

customElements.define('medic-chart', Chart)
