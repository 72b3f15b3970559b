import type { Updater } from '@tanstack/react-table'
import { useMemo, useState } from 'react'

type Layout = { visibility: Record<string, boolean>; pinned: string[]; sizes: Record<string, number> }

const PREFIX = 'meguri-columns:'
const EMPTY: Layout = { visibility: {}, pinned: [], sizes: {} }

/** Which columns a reader shows, pins and resized. With a name it is kept in this browser, else for as long as the table is shown. */
export function useColumnLayout(name: string | undefined) {
  const [layout, setLayout] = useState(() => read(name))
  return useMemo(() => {
    const put = (change: (former: Layout) => Layout) =>
      setLayout((former) => {
        const changed = change(former)
        if (name) localStorage.setItem(PREFIX + name, JSON.stringify(changed))
        return changed
      })
    return {
      ...layout,
      setVisibility: (change: Updater<Layout['visibility']>) =>
        put((former) => ({ ...former, visibility: updated(change, former.visibility) })),
      setPinned: (pinned: string[]) => put((former) => ({ ...former, pinned })),
      setSizes: (change: Updater<Layout['sizes']>) => put((former) => ({ ...former, sizes: updated(change, former.sizes) })),
      reset: () => put(() => EMPTY),
    }
  }, [layout, name])
}

function updated<T>(change: Updater<T>, former: T): T {
  return change instanceof Function ? change(former) : change
}

function read(name: string | undefined): Layout {
  if (!name) return EMPTY
  try {
    const kept: Partial<Layout> = JSON.parse(localStorage.getItem(PREFIX + name) ?? '{}')
    return { ...EMPTY, ...kept }
  } catch {
    return EMPTY
  }
}
