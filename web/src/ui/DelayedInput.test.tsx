import { fireEvent, render, screen } from '@testing-library/react'
import { expect, test, vi } from 'vitest'
import { DelayedInput } from './DelayedInput.tsx'

test('nothing is passed on in the middle of a composition, and all of it after', async () => {
  const passed: string[] = []
  render(<DelayedInput label="Filter" value="" onChange={(value) => passed.push(value)} />)
  const field = screen.getByLabelText('Filter')
  fireEvent.compositionStart(field)
  fireEvent.change(field, { target: { value: 'せ' } })
  fireEvent.change(field, { target: { value: 'せい' } })
  await new Promise((done) => setTimeout(done, 400))
  expect(passed).toEqual([])
  fireEvent.change(field, { target: { value: '精度' } })
  fireEvent.compositionEnd(field)
  await vi.waitFor(() => expect(passed).toEqual(['精度']))
})

test('a value that is set from outside is shown', () => {
  const { rerender } = render(<DelayedInput label="Filter" value="a" onChange={() => undefined} />)
  rerender(<DelayedInput label="Filter" value="b" onChange={() => undefined} />)
  expect(screen.getByLabelText('Filter')).toHaveProperty('value', 'b')
})
