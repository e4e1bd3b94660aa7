import { isEqual } from '../equal.ts';
import type { KindRules } from '../kind-rules.ts';
import type { MutatingWebhook, MutatingWebhookConfiguration, RuleWithOperations, ValidatingWebhook, ValidatingWebhookConfiguration } from '../schema/kinds.generated.ts';
import { validateWebhooks } from '../validation/webhooks.ts';
import { ageColumn, column, nameColumn } from './columns.ts';

type Configuration = ValidatingWebhookConfiguration | MutatingWebhookConfiguration;

export const validatingWebhookRules: KindRules<ValidatingWebhookConfiguration> = {
  setDefaults: ({ webhooks = [] }) => webhooks.forEach(defaultWebhook),
  isNewGeneration: webhooksChanged,
  validate: ({ webhooks }) => validateWebhooks(webhooks),
  columns: webhookColumns<ValidatingWebhookConfiguration>(),
};

export const mutatingWebhookRules: KindRules<MutatingWebhookConfiguration> = {
  setDefaults: ({ webhooks = [] }) => {
    for (const webhook of webhooks) {
      defaultWebhook(webhook);
      webhook.reinvocationPolicy ??= 'Never';
    }
  },
  isNewGeneration: webhooksChanged,
  validate: ({ webhooks }) => validateWebhooks(webhooks),
  columns: webhookColumns<MutatingWebhookConfiguration>(),
};

export function defaultRule(rule: Pick<RuleWithOperations, 'scope'>): void {
  rule.scope ??= '*';
}

function defaultWebhook(webhook: ValidatingWebhook | MutatingWebhook): void {
  webhook.failurePolicy ??= 'Fail';
  webhook.matchPolicy ??= 'Equivalent';
  webhook.namespaceSelector ??= {};
  webhook.objectSelector ??= {};
  webhook.timeoutSeconds ??= 10;
  if (webhook.clientConfig?.service) webhook.clientConfig.service.port ??= 443;
  webhook.rules?.forEach(defaultRule);
}

function webhooksChanged(configuration: Configuration, old: Configuration): boolean {
  return !isEqual(configuration.webhooks, old.webhooks);
}

function webhookColumns<T extends Configuration>() {
  return [nameColumn<T>(), column<T>('Webhooks', 'How many it has', ({ webhooks }) => webhooks?.length ?? 0, { type: 'integer' }), ageColumn<T>()];
}
