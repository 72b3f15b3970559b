import { useEffect, useRef, useState } from 'react'

const WAIT_MS = 250

/**
 * A text field whose value is kept elsewhere, for example in the link. What is typed is passed on after a short rest, and never in the
 * middle of a composition, so that Japanese input methods work.
 */
export function DelayedInput({
  label,
  value,
  onChange,
  placeholder,
}: {
  label: string
  value: string
  onChange: (value: string) => void
  placeholder?: string
}) {
  const [text, setText] = useState(value)
  const composing = useRef(false)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const passed = useRef(value)
  const latest = useRef(onChange)
  latest.current = onChange

  // The link changed by other means, for example by going back.
  useEffect(() => {
    if (value === passed.current) return
    passed.current = value
    setText(value)
  }, [value])
  useEffect(() => () => clearTimeout(timer.current), [])

  const pass = (next: string) => {
    clearTimeout(timer.current)
    timer.current = setTimeout(() => {
      passed.current = next
      latest.current(next)
    }, WAIT_MS)
  }
  return (
    <input
      className="field"
      type="search"
      aria-label={label}
      placeholder={placeholder ?? label}
      value={text}
      onChange={(event) => {
        setText(event.target.value)
        if (!composing.current) pass(event.target.value)
      }}
      onCompositionStart={() => {
        composing.current = true
        clearTimeout(timer.current)
      }}
      onCompositionEnd={(event) => {
        composing.current = false
        pass(event.currentTarget.value)
      }}
    />
  )
}
