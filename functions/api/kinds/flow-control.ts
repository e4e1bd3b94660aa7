import type { KindRules } from '../kind-rules.ts';
import type { FlowSchema, PriorityLevelConfiguration } from '../schema/kinds.generated.ts';
import { specChanged } from './generation.ts';

export const flowSchemaRules: KindRules<FlowSchema> = {
  setDefaults: ({ spec }) => {
    if (spec) spec.matchingPrecedence ||= 1000;
  },
  isNewGeneration: specChanged,
};

export const priorityLevelConfigurationRules: KindRules<PriorityLevelConfiguration> = {
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
};
