import { duplicate, invalid, type FieldError } from '../field-error.ts';

const FEATURE = /^[A-Z][A-Za-z0-9]*(\/[A-Za-z0-9]+)*$/;
const FORM = "must start with an UpperCamelCase segment, with subsequent segments separated by '/' (e.g., MyFeature or MyFeature/mySubFeature), and contain only alphanumeric characters and slashes";

/** What a node says that it can do: sorted, and each once. */
export function declaredFeatureErrors(features: string[], path: string): FieldError[] {
  return features.flatMap((feature, i) => {
    const at = `${path}[${i}]`;
    if (!FEATURE.test(feature)) return [invalid(at, feature, `invalid feature name ${JSON.stringify(feature)}: ${FORM}`)];
    const before = features[i - 1] ?? '';
    if (i > 0 && before === feature) return [duplicate(at, feature)];
    return i > 0 && feature < before ? [invalid(at, feature, 'list must be sorted alphabetically')] : [];
  });
}
