import { useQuery } from '@tanstack/react-query'
import { Link, Outlet, useLocation, useNavigate } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { useTranslations } from 'use-intl'
import { PersonMenu } from '../features/access/PersonMenu.tsx'
import { meQuery } from '../features/access/queries.ts'
import { useLive } from '../features/live/useLive.ts'
import { projectsQuery } from '../features/projects/queries.ts'
import { useProject } from '../features/projects/useProject.ts'
import { pause, resume, useLiveState } from '../lib/live.ts'
import { setPreference, usePreferences } from '../lib/preferences.ts'
import { setTheme, useTheme } from '../lib/theme.ts'
import { Icon } from '../ui/Icon.tsx'
import { EventTime } from '../ui/Time.tsx'
import { MissingProject } from './MissingProject.tsx'
import { Palette } from './Palette.tsx'
import { SECTIONS } from './sections.ts'

/** The frame of every page: sections at the left, the project and its clock above, the page in the middle. */
export function Shell() {
  const t = useTranslations()
  const project = useProject()
  const { sidebar, project: latest } = usePreferences()
  const projects = useQuery(projectsQuery())
  const missing = project !== '' && projects.data !== undefined && !projects.data.items.some((each) => each.name === project)
  const shown = missing ? '' : project || latest
  const main = useRef<HTMLElement>(null)
  const [finding, setFinding] = useState(false)
  const { pathname } = useLocation()
  useLive(missing ? '' : project)

  // A screen reader announces the new page when focus goes to it; a field of the page that has the focus keeps it.
  const visited = useRef(pathname)
  useEffect(() => {
    if (visited.current === pathname) return
    visited.current = pathname
    if (!(document.activeElement instanceof HTMLElement && main.current?.contains(document.activeElement)))
      main.current?.focus({ preventScroll: true })
  }, [pathname])

  useEffect(() => {
    if (project && projects.data && !missing) setPreference({ project })
  }, [project, projects.data, missing])

  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        setFinding((open) => !open)
      }
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [])

  return (
    <div className={sidebar === 'narrow' ? 'shell narrow' : 'shell'}>
      <a className="skip" href="#main">
        {t('frame.skip')}
      </a>
      <Link className="brand" to="/" aria-label="meguri">
        <Icon name="home" size={18} />
        <span>meguri</span>
      </Link>
      <header className="top">
        <ProjectChoice project={shown} />
        <EventClock project={project} />
        <div className="right">
          <button type="button" className="button find" onClick={() => setFinding(true)}>
            <Icon name="search" size={13} />
            <span>{t('frame.search')}</span>
            <kbd aria-hidden>Ctrl K</kbd>
          </button>
          {project && !missing ? <LiveButton /> : null}
          <LanguageButton />
          <ThemeButton />
          <PersonMenu />
        </div>
      </header>
      <nav className="side" aria-label={t('nav.main')}>
        {shown
          ? SECTIONS.map((section) => (
              <Link
                key={section.id}
                to={section.to}
                params={{ project: shown }}
                activeOptions={{ exact: section.id === 'home', includeSearch: false }}
                title={sidebar === 'narrow' ? t(`nav.${section.id}`) : undefined}
                aria-label={t(`nav.${section.id}`)}
              >
                <Icon name={section.id} />
                <span>{t(`nav.${section.id}`)}</span>
              </Link>
            ))
          : null}
        <button
          type="button"
          className="fold"
          onClick={() => setPreference({ sidebar: sidebar === 'narrow' ? 'wide' : 'narrow' })}
          aria-label={sidebar === 'narrow' ? t('nav.unfold') : t('nav.fold')}
        >
          <Icon name={sidebar === 'narrow' ? 'forward' : 'back'} />
          <span>{t('nav.fold')}</span>
        </button>
      </nav>
      <main ref={main} className="main" id="main" tabIndex={-1}>
        <AuthOff />
        {missing ? <MissingProject project={project} /> : <Outlet />}
      </main>
      {finding ? <Palette close={() => setFinding(false)} /> : null}
    </div>
  )
}

function ProjectChoice({ project }: { project: string }) {
  const t = useTranslations('frame')
  const navigate = useNavigate()
  const projects = useQuery(projectsQuery())
  const names = projects.data?.items.map((each) => each.name) ?? []
  if (!project && names.length === 0) return null
  return (
    <select
      className="field"
      aria-label={t('project')}
      value={project}
      onChange={(event) => void navigate({ to: '/p/$project', params: { project: event.target.value } })}
    >
      {(names.includes(project) ? names : [project, ...names]).map((name) => (
        <option key={name} value={name}>
          {name || t('chooseProject')}
        </option>
      ))}
    </select>
  )
}

/** A notice where authentication is off: everybody on this machine is the administrator. */
function AuthOff() {
  const t = useTranslations('access')
  const { data } = useQuery(meQuery())
  return data?.auth === 'off' ? <p className="auth-off">{t('authOff')}</p> : null
}

function EventClock({ project }: { project: string }) {
  const t = useTranslations('frame')
  const { data } = useQuery(projectsQuery())
  const watermark = data?.items.find((each) => each.name === project)?.watermark
  if (!watermark) return null
  return (
    <span className="clock" title={t('settledHint')}>
      <Icon name="clock" size={13} />
      <span className="word">{t('settledTo')}</span>
      <b>
        <EventTime at={watermark} />
      </b>
    </span>
  )
}

function LiveButton() {
  const t = useTranslations('frame')
  const state = useLiveState()
  const stopped = state === 'paused'
  return (
    <button
      type="button"
      className="button bare live-button"
      onClick={stopped ? resume : pause}
      aria-pressed={stopped}
      title={stopped ? t('resume') : t('pause')}
    >
      <span className={`live-dot ${state}`} />
      {t(`live.${state}`)}
      <Icon name={stopped ? 'play' : 'pause'} size={12} />
    </button>
  )
}

function LanguageButton() {
  const t = useTranslations('frame')
  const { language } = usePreferences()
  return (
    <button
      type="button"
      className="button bare"
      onClick={() => setPreference({ language: language === 'ja' ? 'en' : 'ja' })}
      title={t('languageLabel')}
    >
      {t('language')}
    </button>
  )
}

function ThemeButton() {
  const t = useTranslations('frame')
  const theme = useTheme()
  const label = theme === 'dark' ? t('light') : t('dark')
  return (
    <button
      type="button"
      className="button bare square"
      onClick={() => setTheme(theme === 'dark' ? 'light' : 'dark')}
      aria-label={label}
      title={label}
    >
      <Icon name={theme === 'dark' ? 'sun' : 'moon'} size={15} />
    </button>
  )
}
