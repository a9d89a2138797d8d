import { stringify } from 'yaml';
import type { BundleDescription, RegistryDescription } from '../description/bundle.ts';
import { bundleLabels } from '../registry/labels.ts';

/** metadata/annotations.yaml, as readers of YAML 1.1 read it too: `on` is a text. */
export function annotationsFile(registry: RegistryDescription): string {
  return stringify(
    { annotations: { ...bundleLabels(registry), ...registry.annotations } },
    { version: '1.1', lineWidth: 0 },
  );
}

/** The labels of the bundle's image: OLM's, then the author's own. */
export function labelsOf({ registry, labels }: BundleDescription): Record<string, string> {
  return { ...(registry && { ...bundleLabels(registry), ...registry.annotations }), ...labels };
}
