/** Where the stages stand, and the arrows between them: pure geometry of an ellipse with boxes on it. */

export type Box = { x: number; y: number; width: number; height: number }
export type Point = { x: number; y: number }

/** Boxes on an ellipse inside `width` x `height`, clockwise from the top. */
export function ringBoxes(count: number, width: number, height: number, box: { width: number; height: number }): Box[] {
  const middle = { x: width / 2, y: height / 2 }
  const radius = { x: (width - box.width) / 2 - 1, y: (height - box.height) / 2 - 1 }
  return Array.from({ length: count }, (_, index) => {
    const angle = -Math.PI / 2 + (index * 2 * Math.PI) / count
    return { x: middle.x + radius.x * Math.cos(angle) - box.width / 2, y: middle.y + radius.y * Math.sin(angle) - box.height / 2, ...box }
  })
}

/** The part of the ellipse between two neighbouring boxes, clear of both by `gap`, as points; the last one is the arrow's tip. */
export function ringArrow(index: number, boxes: Box[], width: number, height: number, gap = 7): Point[] {
  const from = boxes[index]
  const to = boxes[(index + 1) % boxes.length]
  if (!from || !to) return []
  const steps = 72
  const start = -Math.PI / 2 + (index * 2 * Math.PI) / boxes.length
  const points: Point[] = []
  for (let step = 0; step <= steps; step += 1) {
    const angle = start + (step / steps) * ((2 * Math.PI) / boxes.length)
    const point = {
      x: width / 2 + ((width - from.width) / 2 - 1) * Math.cos(angle),
      y: height / 2 + ((height - from.height) / 2 - 1) * Math.sin(angle),
    }
    if (!inside(point, from, gap) && !inside(point, to, gap)) points.push(point)
  }
  return points
}

export function toPath(points: Point[]): string {
  return points.map((point, index) => `${index ? 'L' : 'M'}${point.x.toFixed(1)} ${point.y.toFixed(1)}`).join('')
}

/** A small triangle at the end of the arrow, turned to where it goes. */
export function arrowHead(points: Point[], size = 5): string {
  const tip = points[points.length - 1]
  const before = points[points.length - 3] ?? points[0]
  if (!tip || !before) return ''
  const angle = Math.atan2(tip.y - before.y, tip.x - before.x)
  const corner = (turn: number) =>
    `${(tip.x - size * 1.7 * Math.cos(angle + turn)).toFixed(1)} ${(tip.y - size * 1.7 * Math.sin(angle + turn)).toFixed(1)}`
  return `M${tip.x.toFixed(1)} ${tip.y.toFixed(1)}L${corner(0.45)}L${corner(-0.45)}Z`
}

function inside(point: Point, box: Box, gap: number): boolean {
  return point.x > box.x - gap && point.x < box.x + box.width + gap && point.y > box.y - gap && point.y < box.y + box.height + gap
}
