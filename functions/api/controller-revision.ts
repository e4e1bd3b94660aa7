import type { ControllerRevision, PodTemplateSpec } from './schema/kinds.generated.ts';

/** What a ControllerRevision keeps of its owner: its template, as a patch that brings the owner back to it. */
interface RevisionData {
  spec?: { template?: PodTemplateSpec & { $patch?: string } };
}

export function templateOf({ data }: ControllerRevision): PodTemplateSpec {
  const { $patch: _patch, ...template } = (data as RevisionData | undefined)?.spec?.template ?? {};
  return template;
}
