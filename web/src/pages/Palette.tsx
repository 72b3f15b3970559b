import { useQuery } from '@tanstack/react-query'
import { useNavigate, useRouter } from '@tanstack/react-router'
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react'
import { useTranslations } from 'use-intl'
import { kindOf } from '../features/lineage/ThingLink.tsx'
import { projectsQuery } from '../features/projects/queries.ts'
import { useProject } from '../features/projects/useProject.ts'
import { pause, resume, useLiveState } from '../lib/live.ts'
import { setPreference, usePreferences } from '../lib/preferences.ts'
import { setTheme, useTheme } from '../lib/theme.ts'
import { Icon, type IconName } from '../ui/Icon.tsx'
import { SECTIONS } from './sections.ts'
import { useNames } from './useNames.ts'

type Entry = { id: string; icon: IconName; label: string; hint: string; go: () => void }

/** Search and commands (Ctrl/Cmd-K): pages, named things of the project, any id, and what the buttons above do. */
export function Palette({ close }: { close: () => void }) {
  const t = useTranslations()
  const dialog = useRef<HTMLDialogElement>(null)
  const [text, setText] = useState('')
  const [place, setPlace] = useState(0)
  const entries = useEntries(text.trim())
  const shown = entries.slice(0, 40)

  useEffect(() => {
    dialog.current?.showModal()
  }, [])

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
    <dialog ref={dialog} className="palette" aria-label={t('frame.search')} onClose={close} onClick={(event) => (event.target === dialog.current ? close() : undefined)}>
      <input
        autoFocus
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
      {shown.length ? (
        <ul id="palette-list" role="listbox" aria-label={t('frame.search')}>
          {shown.map((entry, index) => (
            <li key={entry.id} id={`palette-${index}`} role="option" aria-selected={index === place} onClick={() => take(entry)} onMouseMove={() => setPlace(index)}>
              <Icon name={entry.icon} size={14} />
              {entry.label}
              <span className="quiet">{entry.hint}</span>
            </li>
          ))}
        </ul>
      ) : (
        <p>{t('frame.nothingFound')}</p>
      )}
    </dialog>
  )
}

function useEntries(text: string): Entry[] {
  const t = useTranslations()
  const navigate = useNavigate()
  const router = useRouter()
  const project = useProject()
  const projects = useQuery(projectsQuery())
  const names = useNames(project)
  const theme = useTheme()
  const live = useLiveState()
  const { language } = usePreferences()

  const all = useMemo<Entry[]>(() => {
    const sections: Entry[] = project
      ? SECTIONS.map((section) => ({ id: section.id, icon: section.id, label: t(`nav.${section.id}`), hint: t('frame.goTo'), go: () => void navigate({ to: section.to, params: { project } }) }))
      : []
    const things: Entry[] = names.map((name) => ({
      id: `${name.kind} ${name.id}`,
      icon: name.icon,
      label: name.label,
      hint: t(`lineage.kinds.${name.kind}`),
      go: () => void router.navigate(name.to),
    }))
    const others: Entry[] = (projects.data?.items ?? [])
      .filter((each) => each.name !== project)
      .map((each) => ({ id: `project ${each.name}`, icon: 'home', label: each.name, hint: t('frame.project'), go: () => void navigate({ to: '/p/$project', params: { project: each.name } }) }))
    const commands: Entry[] = [
      { id: 'theme', icon: theme === 'dark' ? 'sun' : 'moon', label: theme === 'dark' ? t('frame.light') : t('frame.dark'), hint: t('frame.actions'), go: () => setTheme(theme === 'dark' ? 'light' : 'dark') },
      { id: 'language', icon: 'forward', label: t('frame.languageLabel'), hint: t('frame.actions'), go: () => setPreference({ language: language === 'ja' ? 'en' : 'ja' }) },
      { id: 'live', icon: live === 'paused' ? 'play' : 'pause', label: live === 'paused' ? t('frame.resume') : t('frame.pause'), hint: t('frame.actions'), go: live === 'paused' ? resume : pause },
    ]
    return [...sections, ...things, ...others, ...commands]
  }, [project, names, projects.data, theme, live, language, t, navigate, router])

  return useMemo(() => {
    if (!text) return all
    const low = text.toLowerCase()
    const found = all.filter((entry) => entry.label.toLowerCase().includes(low) || entry.id.toLowerCase().includes(low))
    if (project && /^[a-z]+_[0-9a-z]{10,}$/.test(text)) {
      found.unshift({ id: 'by id', icon: 'lineage', label: t('frame.openId', { id: text }), hint: t('nav.lineage'), go: () => void navigate({ to: '/p/$project/lineage/$kind/$id', params: { project, kind: kindOf(text), id: text } }) })
    }
    return found
  }, [all, text, project, navigate, t])
}
