// Axes: round numbers and round moments.

import {clock, day} from '../core/format.js'

/** Round values from `low` to `high`, about `wanted` of them, and how far apart they are. */
export function roundValues(low, high, wanted) {
  const rough = (high - low) / Math.max(1, wanted)
  if (!(rough > 0) || !Number.isFinite(rough)) return {values: [low], step: 1}
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((digit) => digit * power).find((step) => step >= rough * 0.999)
  const values = []
  for (let place = Math.ceil(low / step - 1e-9); place * step <= high + step * 1e-9; place += 1) values.push(place * step)
  return {values, step}
}

const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400,
  172_800, 604_800]

/** Round local moments between two, in seconds, with their words. */
export function roundMoments(start, end, wanted) {
  const rough = (end - start) / Math.max(1, wanted)
  const step = steps.find((step) => step >= rough) ?? Math.ceil(rough / 604_800) * 604_800
  const offset = new Date(start * 1_000).getTimezoneOffset() * 60
  const found = []
  for (let at = Math.ceil((start - offset) / step) * step + offset; at <= end; at += step) {
    const time = at * 1_000
    const isMidnight = clock(time) === '00:00:00'
    found.push({at, text: step >= 86_400 || isMidnight ? day(time).slice(5) : clock(time, step < 60)})
  }
  return found
}

/** The range of a chart's values, with air above and below; from 0 where 0 is near. */
export function valueRange(lows, highs, thresholds) {
  let low = Math.min(lows, ...thresholds), high = Math.max(highs, ...thresholds)
  if (!Number.isFinite(low) || !Number.isFinite(high)) [low, high] = [0, 1]
  if (low === high) [low, high] = low === 0 ? [0, 1] : [Math.min(0, low * 1.2), Math.max(0, low * 1.2)]
  const extent = high - low
  if (low > 0 && low < extent * 1.5) low = 0
  return {low: low < 0 || low > 0 ? low - extent * 0.05 : 0, high: high + extent * 0.07}
}
