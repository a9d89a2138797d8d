import type { Rule } from '../rule.ts';
import { olmConversionRules } from './olm-conversion.ts';
import { olmDependencyRules } from './olm-dependencies.ts';
import { olmInstallRules } from './olm-install.ts';
import { olmWebhookRules } from './olm-webhooks.ts';

/** What OLM v1 asks of a bundle beyond what rukpak does. Its other validators are among registryRules. */
export const olmRules: readonly Rule[] = [
  ...olmInstallRules,
  ...olmDependencyRules,
  ...olmWebhookRules,
  ...olmConversionRules,
];
