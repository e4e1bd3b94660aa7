import { fullSamples } from './full-samples.ts';
import { others, samples, type Sample } from './samples.ts';

// Their rules are those of a language that is not read here yet (CEL), or of drivers that nobody has on one machine: they are walked, not mutated.
const ELSEWHERE = new Set(['CustomResourceDefinition', 'MutatingAdmissionPolicy', 'ValidatingAdmissionPolicy', 'DeviceClass', 'ResourceClaim', 'ResourceClaimTemplate', 'ResourceSlice']);

/** The valid objects that mutations are made from: of every kind that is judged here. */
export function corpus(): Sample[] {
  return [...samples(), ...others(), ...fullSamples()].filter(({ resource }) => !ELSEWHERE.has(resource.kind));
}
