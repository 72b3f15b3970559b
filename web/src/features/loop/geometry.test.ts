import assert from 'node:assert/strict'
import { test } from 'vitest'
import { ringArrow, ringBoxes } from './geometry.ts'

const box = { width: 150, height: 78 }

test('boxes of a ring stay inside and do not touch each other', () => {
  for (const [width, height] of [
    [620, 520],
    [700, 560],
    [860, 600],
  ]) {
    const boxes = ringBoxes(7, width!, height!, box)
    for (const [index, one] of boxes.entries()) {
      assert.ok(one.x >= 0 && one.y >= 0 && one.x + one.width <= width! && one.y + one.height <= height!)
      for (const other of boxes.slice(index + 1)) {
        const apart =
          one.x + one.width < other.x || other.x + other.width < one.x || one.y + one.height < other.y || other.y + other.height < one.y
        assert.ok(apart, `${width} x ${height}: ${index} touches another`)
      }
    }
  }
})

test('an arrow runs outside of both boxes that it joins', () => {
  const boxes = ringBoxes(7, 700, 560, box)
  for (let index = 0; index < 7; index += 1) {
    const points = ringArrow(index, boxes, 700, 560)
    assert.ok(points.length > 3, `arrow ${index} has room`)
    for (const place of [boxes[index], boxes[(index + 1) % 7]]) {
      for (const point of points)
        assert.ok(!(place && point.x > place.x && point.x < place.x + place.width && point.y > place.y && point.y < place.y + place.height))
    }
  }
})
