import { useQuery } from '@tanstack/react-query'
import { Navigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { NextSteps } from '../features/loop/NextSteps.tsx'
import { Ring } from '../features/loop/Ring.tsx'
import { STAGES, type Stage } from '../features/loop/stages.ts'
import { projectsQuery } from '../features/projects/queries.ts'
import { usePreferences } from '../lib/preferences.ts'
import { snippets } from '../lib/snippets.ts'
import { QueryBoundary } from '../ui/QueryBoundary.tsx'
import { Code } from '../ui/Code.tsx'
import { Page } from '../ui/Page.tsx'

/** The address without a project: redirects to the one visited last; a new installation shows the loop in outline and the first step. */
export default function Start() {
  const t = useTranslations('home')
  const { project } = usePreferences()
  const projects = useQuery(projectsQuery())
  return (
    <QueryBoundary of={projects} skeleton={<Page title={t('title')}>{null}</Page>}>
      {({ items }) => {
        const chosen = items.find((each) => each.name === project) ?? items[0]
        return chosen ? <Navigate to="/p/$project" params={{ project: chosen.name }} replace /> : <Welcome />
      }}
    </QueryBoundary>
  )
}

function Welcome() {
  const t = useTranslations('home')
  const [open, setOpen] = useState<Stage>('data')
  return (
    <Page title={t('welcome')}>
      <p className="quiet" style={{ marginBottom: 16 }}>
        {t('welcomeText')}
      </p>
      <div className="home">
        <Ring project="" chosen={open} choose={setOpen} />
        <aside>
          <section className="section">
            <h2>{t('demo')}</h2>
            <p className="quiet" style={{ marginBottom: 6 }}>
              {t('demoText')}
            </p>
            <Code text={snippets.demo} label={t('demo')} />
          </section>
          <section className="section">
            <h2>{t('next')}</h2>
            <NextSteps stages={[...STAGES]} open={open} choose={setOpen} />
          </section>
        </aside>
      </div>
    </Page>
  )
}
