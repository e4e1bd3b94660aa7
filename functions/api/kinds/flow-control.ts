import type { KindRules } from '../kind-rules.ts';
import type { FlowSchema, PriorityLevelConfiguration } from '../schema/kinds.generated.ts';
import { validateFlowSchema, validatePriorityLevelConfiguration } from '../validation/flow-control.ts';
import { ageColumn, column, nameColumn, NONE } from './columns.ts';
import { specChanged } from './generation.ts';

export const flowSchemaRules: KindRules<FlowSchema> = {
  columns: [
    nameColumn(),
    column('PriorityLevel', 'The level that its requests get', ({ spec }) => spec?.priorityLevelConfiguration.name ?? ''),
    column('MatchingPrecedence', 'The lowest that matches counts', ({ spec }) => spec?.matchingPrecedence ?? 0),
    column('DistinguisherMethod', 'What flows are told apart by', ({ spec }) => spec?.distinguisherMethod?.type ?? NONE),
    ageColumn(),
    column('MissingPL', 'Whether that level is missing', ({ status }) => status?.conditions?.find(({ type }) => type === 'Dangling')?.status ?? '?'),
  ],
  setDefaults: ({ spec }) => {
    if (spec) spec.matchingPrecedence ||= 1000;
  },
  isNewGeneration: specChanged,
  validate: validateFlowSchema,
};

export const priorityLevelConfigurationRules: KindRules<PriorityLevelConfiguration> = {
  columns: [
    nameColumn(),
    column('Type', 'Whether it is limited', ({ spec }) => spec?.type ?? ''),
    column('NominalConcurrencyShares', 'Its share', ({ spec }) => spec?.limited?.nominalConcurrencyShares ?? NONE),
    column('Queues', 'How many queues it has', ({ spec }) => spec?.limited?.limitResponse?.queuing?.queues ?? NONE),
    column('HandSize', 'How many of them a flow uses', ({ spec }) => spec?.limited?.limitResponse?.queuing?.handSize ?? NONE),
    column('QueueLengthLimit', 'How many requests one holds', ({ spec }) => spec?.limited?.limitResponse?.queuing?.queueLengthLimit ?? NONE),
    ageColumn(),
  ],
  setDefaults: ({ spec }) => {
    if (spec?.limited) {
      spec.limited.nominalConcurrencyShares ??= 30;
      spec.limited.lendablePercent ??= 0;
    }
    const queuing = spec?.limited?.limitResponse?.queuing;
    if (!queuing) return;
    queuing.queues ||= 64;
    queuing.handSize ||= 8;
    queuing.queueLengthLimit ||= 50;
  },
  isNewGeneration: specChanged,
  validate: validatePriorityLevelConfiguration,
};
