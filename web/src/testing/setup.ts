import { cleanup } from '@testing-library/react'
import { afterEach } from 'vitest'

document.head.innerHTML = '<base href="http://localhost:3000/" />'
afterEach(() => {
  cleanup()
  localStorage.clear()
})
