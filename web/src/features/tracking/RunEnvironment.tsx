import { useQuery } from '@tanstack/react-query'
import { type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Artifact, RunDetails } from '../../api/types.ts'
import { getText } from '../../lib/http.ts'
import { at, isRecord, textAt, type JsonRecord } from '../../lib/json.ts'
import { snippets } from '../../lib/snippets.ts'
import { QueryBoundary } from '../../ui/QueryBoundary.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { Code, Diff } from '../../ui/Code.tsx'
import { Id } from '../../ui/Id.tsx'
import { DescriptionList } from '../../ui/DescriptionList.tsx'
import { Section } from '../../ui/Page.tsx'

export function RunEnvironment({ details }: { details: RunDetails }) {
  const t = useTranslations('run')
  const { environment, artifacts } = details
  const diff = artifacts.find((artifact) => artifact.name.endsWith('.diff') || artifact.name.endsWith('.patch'))
  const packages = artifacts.find((artifact) => artifact.name.includes('packages') || artifact.name.includes('requirements'))
  if (Object.keys(environment).length === 0 && !diff)
    return <Empty title={t('noEnvironment')} text={t('noEnvironmentText')} code={snippets.run} />
  const plain = Object.entries(environment).filter(([name, value]) => name !== 'command' && !isRecord(value))
  const groups = groupsOf(environment, '')
  return (
    <>
      <div className="columns">
        <Section title={t('machine')}>
          <DescriptionList
            items={[
              commandOf(environment) ? ['command', <code key="command">{commandOf(environment)}</code>] : null,
              ...plain.map(([name, value]): [string, ReactNode] => [name, showPlain(value)]),
            ]}
          />
        </Section>
        {groups.map(([name, values]) => (
          <Section key={name} title={name}>
            <DescriptionList items={values.map(([key, value]) => [key, showPlain(value)])} />
          </Section>
        ))}
      </div>
      {diff ? <TextArtifact artifact={diff} title={t('diff')} diff /> : null}
      {packages ? <TextArtifact artifact={packages} title={t('packages')} /> : null}
    </>
  )
}

/** Records in records, each as a group of its own plain values. */
function groupsOf(value: JsonRecord, prefix: string): [string, [string, unknown][]][] {
  return Object.entries(value).flatMap(([name, each]): [string, [string, unknown][]][] => {
    if (!isRecord(each)) return []
    const path = prefix ? `${prefix}.${name}` : name
    const plain = Object.entries(each).filter(([, inner]) => inner !== null && !isRecord(inner))
    return [...(plain.length ? [[path, plain] satisfies [string, [string, unknown][]]] : []), ...groupsOf(each, path)]
  })
}

function showPlain(value: unknown): ReactNode {
  if (typeof value === 'string') return value.startsWith('sha256:') ? <Id id={value} /> : value
  if (Array.isArray(value) && value.every((each) => typeof each !== 'object'))
    return value.length > 20 ? `${value.slice(0, 20).join(', ')} … (${value.length})` : value.join(', ')
  return typeof value === 'object' ? <code>{JSON.stringify(value)}</code> : String(value)
}

function TextArtifact({ artifact, title, diff = false }: { artifact: Artifact; title: string; diff?: boolean }) {
  const text = useQuery({
    queryKey: ['artifact', artifact.blob],
    queryFn: ({ signal }) => getText(`runs/${artifact.run}/artifacts/${artifact.name}`, {}, signal),
  })
  return (
    <Section title={title} actions={<span className="quiet">{artifact.name}</span>}>
      <QueryBoundary of={text}>
        {(content) => (diff ? <Diff text={content} label={title} /> : <Code text={content} label={title} limit={320} />)}
      </QueryBoundary>
    </Section>
  )
}

export function commandOf(environment: unknown): string {
  const command = at(environment, 'command')
  return Array.isArray(command) ? command.join(' ') : (textAt(environment, 'command') ?? '')
}
