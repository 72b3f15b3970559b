import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import * as Dialog from '@radix-ui/react-dialog'
import { useDeferredValue, useMemo, useState, type KeyboardEvent } from 'react'
import { useTranslations } from 'use-intl'
import { get } from '../api/client.ts'
import { keys } from '../api/keys.ts'
import { kindOf, linkIdOf, targetOf } from '../features/lineage/target.ts'
import { projectsQuery } from '../features/projects/queries.ts'
import { useProject } from '../features/projects/useProject.ts'
import { kindIcon, useKindName } from '../lib/kinds.ts'
import { pause, resume, useLiveState } from '../lib/live.ts'
import { setPreference, usePreferences } from '../lib/preferences.ts'
import { setTheme, useTheme } from '../lib/theme.ts'
import { Icon, type IconName } from '../ui/Icon.tsx'
import { SECTIONS } from './sections.ts'
import { useNames } from './useNames.ts'

type Entry = { id: string; icon: IconName; label: string; hint: string; go: () => void }

/** Search and commands (Ctrl/Cmd-K): pages, entities of all projects that the reader may see, ids, and what the buttons above do. */
export function Palette({ close }: { close: () => void }) {
  const t = useTranslations()
  const [text, setText] = useState('')
  const [place, setPlace] = useState(0)
  const shown = useEntries(text.trim()).slice(0, 40)

  const take = (entry: Entry | undefined) => {
    if (!entry) return
    close()
    entry.go()
  }
  const press = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Enter') take(shown[place])
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step === 0) return
    event.preventDefault()
    const next = Math.min(Math.max(place + step, 0), shown.length - 1)
    setPlace(next)
    document.getElementById(`palette-${next}`)?.scrollIntoView({ block: 'nearest' })
  }

  return (
    <Dialog.Root open onOpenChange={(open) => (open ? undefined : close())}>
      <Dialog.Portal>
        <Dialog.Overlay className="overlay" />
        <Dialog.Content className="palette" aria-describedby={undefined}>
          <Dialog.Title className="hidden-visually">{t('frame.search')}</Dialog.Title>
          <input
            role="combobox"
            aria-expanded
            aria-controls="palette-list"
            aria-activedescendant={shown.length ? `palette-${place}` : undefined}
            aria-label={t('frame.search')}
            placeholder={t('frame.searchHint')}
            value={text}
            onKeyDown={press}
            onChange={(event) => {
              setText(event.target.value)
              setPlace(0)
            }}
          />
          <ul id="palette-list" role="listbox" aria-label={t('frame.search')} hidden={shown.length === 0}>
            {shown.map((entry, index) => (
              <li
                key={entry.id}
                id={`palette-${index}`}
                role="option"
                aria-selected={index === place}
                onClick={() => take(entry)}
                onMouseMove={() => setPlace(index)}
              >
                <Icon name={entry.icon} size={14} />
                {entry.label}
                <span className="quiet">{entry.hint}</span>
              </li>
            ))}
          </ul>
          {shown.length === 0 ? <p role="status">{t('frame.nothingFound')}</p> : null}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

const SEARCHED = 2

function useEntries(text: string): Entry[] {
  const t = useTranslations()
  const navigate = useNavigate()
  const kindName = useKindName()
  const project = useProject()
  const projects = useQuery(projectsQuery())
  const names = useNames(project)
  const wanted = useDeferredValue(text)
  const hits = useQuery({
    queryKey: keys.search(project, wanted),
    queryFn: ({ signal }) => get('/api/v1/search', {}, { q: wanted, limit: 20 }, signal),
    enabled: wanted.length >= SEARCHED,
    retry: false,
  })
  const commands = useCommands()

  const known = useMemo<Entry[]>(() => {
    const sections: Entry[] = project
      ? SECTIONS.map((section) => ({
          id: section.id,
          icon: section.id,
          label: t(`nav.${section.id}`),
          hint: t('frame.goTo'),
          go: () => void navigate({ to: section.to, params: { project } }),
        }))
      : []
    const entities: Entry[] = names.map(({ kind, id, name, label }) => ({
      id: `${kind} ${id}`,
      icon: kindIcon(kind),
      label,
      hint: kindName(kind),
      go: () => void navigate(targetOf(project, kind, name)),
    }))
    const others: Entry[] = (projects.data?.items ?? [])
      .filter((each) => each.name !== project)
      .map((each) => ({
        id: `project ${each.name}`,
        icon: 'home',
        label: each.name,
        hint: t('frame.project'),
        go: () => void navigate({ to: '/p/$project', params: { project: each.name } }),
      }))
    return [...sections, ...entities, ...others, ...commands]
  }, [project, names, projects.data, commands, t, navigate, kindName])

  if (!text) return known
  const low = text.toLowerCase()
  const found = known.filter((entry) => entry.label.toLowerCase().includes(low) || entry.id.toLowerCase().includes(low))
  const seen = new Set(found.map((entry) => entry.id))
  for (const hit of hits.data?.items ?? []) {
    const id = `${hit.kind} ${hit.id}`
    if (seen.has(id)) continue
    found.push({
      id,
      icon: kindIcon(hit.kind),
      label: hit.name,
      hint: hit.project === project ? kindName(hit.kind) : `${kindName(hit.kind)} · ${hit.project}`,
      go: () => void navigate(targetOf(hit.project, hit.kind, linkIdOf(hit))),
    })
  }
  const kind = kindOf(text)
  if (project && kind && /^[a-z]+_[0-9a-z]{10,}$/.test(text)) {
    found.unshift({
      id: 'by id',
      icon: 'lineage',
      label: t('frame.openId', { id: text }),
      hint: t('nav.lineage'),
      go: () => void navigate({ to: '/p/$project/lineage/$kind/$id', params: { project, kind, id: text } }),
    })
  }
  return found
}

function useCommands(): Entry[] {
  const t = useTranslations('frame')
  const theme = useTheme()
  const live = useLiveState()
  const { language } = usePreferences()
  return useMemo<Entry[]>(
    () => [
      {
        id: 'theme',
        icon: theme === 'dark' ? 'sun' : 'moon',
        label: theme === 'dark' ? t('light') : t('dark'),
        hint: t('actions'),
        go: () => setTheme(theme === 'dark' ? 'light' : 'dark'),
      },
      {
        id: 'language',
        icon: 'forward',
        label: t('languageLabel'),
        hint: t('actions'),
        go: () => setPreference({ language: language === 'ja' ? 'en' : 'ja' }),
      },
      {
        id: 'live',
        icon: live === 'paused' ? 'play' : 'pause',
        label: live === 'paused' ? t('resume') : t('pause'),
        hint: t('actions'),
        go: live === 'paused' ? resume : pause,
      },
    ],
    [theme, live, language, t],
  )
}
