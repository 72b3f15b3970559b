import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslations } from 'use-intl'
import { projectsQuery } from '../features/projects/queries.ts'
import { Page } from '../ui/Page.tsx'

const AGAIN_MS = 10_000

/** The page of a project that does not exist or that the reader may not see, with the projects that there are. It asks again, for a project that is being made. */
export function MissingProject({ project }: { project: string }) {
  const t = useTranslations('missing')
  const { data } = useQuery({ ...projectsQuery(), staleTime: 0, refetchInterval: AGAIN_MS })
  const items = data?.items ?? []
  return (
    <Page title={t('project', { project })}>
      <p className="quiet" style={{ marginBottom: 12 }}>
        {t('projectText')}
      </p>
      {items.length === 0 ? (
        <Link className="name" to="/">
          {t('start')}
        </Link>
      ) : (
        <nav aria-label={t('projects')}>
          <h2 className="heading">{t('projects')}</h2>
          <ul style={{ listStyle: 'none' }}>
            {items.map(({ name }) => (
              <li key={name}>
                <Link className="name" to="/p/$project" params={{ project: name }}>
                  {name}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
      )}
    </Page>
  )
}
