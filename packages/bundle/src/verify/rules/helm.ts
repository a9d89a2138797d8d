import type { Rule } from '../rule.ts';
import { helmDependencyRules } from './helm-dependencies.ts';
import { helmFileRules } from './helm-files.ts';
import { helmFolderRules } from './helm-folder.ts';
import { helmMetadataRules } from './helm-metadata.ts';
import { helmTemplateRules } from './helm-templates.ts';

/** What Helm's loader and rukpak's provisioner for charts ask for (helm v3.15.2, which rukpak is built with). */
export const helmRules: readonly Rule[] = [
  ...helmFolderRules,
  ...helmMetadataRules,
  ...helmDependencyRules,
  ...helmFileRules,
  ...helmTemplateRules,
];
