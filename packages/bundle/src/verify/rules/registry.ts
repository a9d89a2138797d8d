import type { Rule } from '../rule.ts';
import { annotationRules } from './registry-annotations.ts';
import { crdRules } from './registry-crds.ts';
import { csvRules } from './registry-csv.ts';
import { deploymentRules } from './registry-deployments.ts';
import { installRules } from './registry-install.ts';
import { metadataRules } from './registry-metadata.ts';
import { objectKindRules } from './registry-objects.ts';
import { permissionRules } from './registry-permissions.ts';

/** What rukpak's converter and OLM v1 ask of a registry+v1 bundle; of webhooks, see olm.ts. */
export const registryRules: readonly Rule[] = [
  ...annotationRules,
  ...metadataRules,
  ...csvRules,
  ...installRules,
  ...deploymentRules,
  ...permissionRules,
  ...crdRules,
  ...objectKindRules,
];
