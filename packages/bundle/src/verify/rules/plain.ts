import type { Rule } from '../rule.ts';

export const plainRules: readonly Rule[] = [
  {
    id: 'plain-objects',
    formats: ['plain'],
    holds: 'there is an object',
    level: 'error',
    reason:
      'rukpak refuses a bundle of which nothing would be installed: "found zero objects" (pkg/provisioner/plain, ValidateBundle).',
    remedy: 'Put a manifest into the folder manifests.',
    check: ({ tree, manifests, objects }) => {
      if (tree.entries.get('manifests')?.type !== 'directory') return undefined;
      if (objects.length === 0 && manifests.some(({ problems }) => problems.length > 0)) return undefined;
      return objects.length > 0 ? [] : [{ message: 'there is no object in manifests', path: 'manifests' }];
    },
  },
];
