/** Exponential moving average without the pull of its start (divided by 1 - weight^n); gaps stay gaps. `weight` in [0, 1). */
export function smooth(values: (number | null)[], weight: number): (number | null)[] {
  if (weight <= 0) return values
  let sum = 0
  let count = 0
  return values.map((value) => {
    if (value === null) return null
    sum = weight * sum + (1 - weight) * value
    count += 1
    return sum / (1 - weight ** count)
  })
}
