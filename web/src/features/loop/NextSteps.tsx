import { useTranslations } from 'use-intl'
import { snippets } from '../../lib/snippets.ts'
import { Code } from '../../ui/Code.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { stageIcon } from './StageCard.tsx'
import type { Stage } from './stages.ts'

const LINES: Record<Stage, string> = {
  data: snippets.source,
  features: snippets.features,
  pipeline: snippets.pipeline,
  gate: snippets.gate,
  model: snippets.model,
  endpoint: snippets.endpoint,
  monitor: snippets.monitor,
}

/** For stages that are not set up: the next step of each, with the lines to copy; one is open at a time. */
export function NextSteps({ stages, open, choose }: { stages: Stage[]; open: Stage | undefined; choose: (stage: Stage) => void }) {
  const t = useTranslations('stage')
  const shown = open ?? stages[0]
  return (
    <div className="steps">
      {stages.map((stage) => (
        <section key={stage} className="steps-item">
          <h3>
            <button type="button" className="button bare" aria-expanded={stage === shown} onClick={() => choose(stage)}>
              <Icon name={stageIcon(stage)} size={14} />
              {t(stage)}
            </button>
          </h3>
          {stage === shown ? (
            <>
              <p>{t(`teach.${stage}`)}</p>
              <Code text={LINES[stage]} label={t(stage)} />
            </>
          ) : null}
        </section>
      ))}
    </div>
  )
}
