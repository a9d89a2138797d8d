import { title } from '@ingot/content';
import { formatBytes } from '@ingot/workspace';
import { accessOptions, accessTo } from '../access.ts';
import { answer, jsonOption } from '../answer.ts';
import { oneArgument } from '../arguments.ts';
import { checkArtifactType } from '../artifact-type.ts';
import { registryArgument } from '../registry-argument.ts';
import { withRegistries } from '../with-registries.ts';
import type { Descriptor } from '@ingot/content';
import type { Verb } from '../verb.ts';

export const discover: Verb = {
  name: 'discover',
  synopsis: '<docker://ref> [--type <artifact type>] [--json]',
  summary: 'Lists what is attached to an image of a registry: signatures, SBOMs, logs.',
  options: {
    type: { type: 'string', value: 'type', help: 'artifacts of this type alone' },
    json: jsonOption,
    ...accessOptions,
  },
  examples: ['ingot discover docker://registry.example/team/tool:1.0 --type application/spdx+json'],

  async run(args, terminal) {
    const { values } = args;
    const reference = registryArgument(this, oneArgument(this, args, 'an image of a registry'));
    const { type } = values;
    if (typeof type === 'string') checkArtifactType(type);
    const { subject, referrers } = await withRegistries(terminal, async ({ repository }) => {
      const remote = await repository(reference, accessTo(reference.registry, values, terminal));
      const subject = await remote.resolve();
      return {
        subject,
        referrers: await remote.referrers(subject.digest, typeof type === 'string' ? type : undefined),
      };
    });
    answer(terminal, values, { subject, referrers }, referrers.map(line));
    if (referrers.length === 0 && values['json'] !== true) terminal.stderr.write('nothing of the kind is attached\n');
    return 0;
  },
};

function line({ digest, artifactType, size, annotations }: Descriptor): string {
  const name = annotations?.[title];
  return [digest, artifactType ?? '(no type)', formatBytes(size), ...(name === undefined ? [] : [name])].join('  ');
}
