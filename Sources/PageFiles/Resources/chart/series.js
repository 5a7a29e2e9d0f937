// Series as a chart holds them: columns of numbers, ready to be drawn at any width.

/** The API's pairs of seconds and texts as two columns. A gap is where more than three steps are missing, or a null. */
export function columns(pairs, step = 0) {
  const times = [], values = []
  for (const [at, text] of pairs) {
    const value = text === null ? NaN : Number(text)
    if (step && times.length && at - times.at(-1) > step * 3.5) {
      times.push(times.at(-1) + step)
      values.push(NaN)
    }
    times.push(at)
    values.push(Number.isFinite(value) ? value : NaN)
  }
  return {times: Float64Array.from(times), values: Float64Array.from(values)}
}

/** The least and the greatest value between two moments. */
export function extent({times, values}, start, end) {
  let low = Infinity, high = -Infinity
  for (let place = 0; place < times.length; place += 1) {
    const value = values[place]
    if (times[place] < start || times[place] > end || Number.isNaN(value)) continue
    if (value < low) low = value
    if (value > high) high = value
  }
  return {low, high}
}

/** The place of the sample nearest to a moment; -1 where there is none. */
export function nearest({times}, at) {
  let low = 0, high = times.length - 1
  if (high < 0) return -1
  while (low < high) {
    const middle = (low + high) >> 1
    if (times[middle] < at) low = middle + 1
    else high = middle
  }
  return low > 0 && at - times[low - 1] < times[low] - at ? low - 1 : low
}

/**
 * Draws a line. Where more than one sample falls on a column of pixels, the column shows all that they span, so that a day
 * of points costs no more than the chart is wide and no peak is lost.
 */
export function trace(context, {times, values}, x, y, width) {
  const packs = times.length > width * 1.5
  let isDown = false, column = NaN, low = 0, high = 0
  const flush = () => {
    if (Number.isNaN(column)) return
    if (isDown) context.lineTo(column, y(high))
    else context.moveTo(column, y(high))
    if (low !== high) context.lineTo(column, y(low))
    isDown = true
    column = NaN
  }
  context.beginPath()
  for (let place = 0; place < times.length; place += 1) {
    const value = values[place]
    if (Number.isNaN(value)) {
      flush()
      isDown = false
      continue
    }
    if (!packs) {
      const at = x(times[place])
      // A lone sample is a line of no length, which the round cap makes a dot.
      if (isDown) context.lineTo(at, y(value))
      else { context.moveTo(at, y(value)); context.lineTo(at, y(value)) }
      isDown = true
      continue
    }
    const at = Math.round(x(times[place]))
    if (at === column) {
      if (value < low) low = value
      if (value > high) high = value
    } else {
      flush()
      column = at
      low = high = value
    }
  }
  flush()
  context.stroke()
}
