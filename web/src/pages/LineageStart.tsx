import { getRouteApi, Link } from '@tanstack/react-router'
import { useState, type FormEvent } from 'react'
import { useTranslations } from 'use-intl'
import { EntityLink } from '../features/lineage/EntityLink.tsx'
import { kindOf } from '../features/lineage/target.ts'
import { kindIcon, useKindName } from '../lib/kinds.ts'
import { Icon } from '../ui/Icon.tsx'
import { Page, Section } from '../ui/Page.tsx'
import { useNames } from './useNames.ts'

const route = getRouteApi('/p/$project/lineage')

/** Where to begin: an id, or one of the named entities. */
export default function LineageStart() {
  const t = useTranslations('lineage')
  const kindName = useKindName()
  const { project } = route.useParams()
  const navigate = route.useNavigate()
  const [id, setId] = useState('')
  const traced = useNames(project).filter((name) => name.kind === 'model_version' || name.kind === 'endpoint')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const wanted = id.trim()
    const kind = kindOf(wanted)
    if (kind) void navigate({ to: '/p/$project/lineage/$kind/$id', params: { project, kind, id: wanted } })
  }
  return (
    <Page title={t('title')}>
      <Section title={t('emptyTitle')}>
        <p className="quiet" style={{ marginBottom: 8 }}>
          {t('emptyText')}
        </p>
        <form className="bar" onSubmit={submit}>
          <input
            className="field mono"
            style={{ width: 360 }}
            aria-label={t('find')}
            placeholder="mv_… snap_… dep_… prun_…"
            value={id}
            onChange={(event) => setId(event.target.value)}
          />
          <button type="submit" className="button" disabled={!kindOf(id.trim())}>
            {t('openGraph')}
          </button>
        </form>
      </Section>
      {traced.length ? (
        <Section>
          <ul className="entity-list" style={{ maxWidth: 640 }}>
            {traced.slice(0, 60).map((name) => (
              <li key={`${name.kind} ${name.id}`}>
                <span className="prose">
                  <Icon name={kindIcon(name.kind)} size={13} />{' '}
                  <EntityLink kind={name.kind} id={name.name}>
                    {name.label}
                  </EntityLink>{' '}
                  <span className="quiet">{kindName(name.kind)}</span>
                </span>
                <Link className="name" to="/p/$project/lineage/$kind/$id" params={{ project, kind: name.kind, id: name.id }}>
                  {t('openGraph')}
                </Link>
              </li>
            ))}
          </ul>
        </Section>
      ) : null}
    </Page>
  )
}
